"""Which names are one organization.

Names that differ only by case or spacing are one organization, under the most frequent spelling. Names that
look alike (`comparable_name`: accents, punctuation, legal forms) may be one: they are proposed as aliases, never
merged. The organizations file settles them, or an alias in the database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping

from cfanalysis.core.text_folding import fold_text
from cfanalysis.intake.cleaning.log import Proposal
from cfanalysis.intake.cleaning.text_column import Booleans, TextColumn

_LEGAL_FORMS = """\
ab ae ag akciova_spolecnost akciova_spolocnost aksjeselskap aktiebolag aktiengesellschaft aktieselskab
aktieselskabet amba anonim_sirketi anonim_sti anpartsselskab ans ansvarlig_selskap aps as asa ay berhad
besloten_vennootschap bhd bv bvba cic cjsc co co_ltd commanditaire_vennootschap company cooperativa corp
corporation cv dac dba dd de_cv de_rl doo drustvo_s_ogranicenom_odgovornoscu druzba_z_omejeno_odgovornostjo
ead ec eg egbr ehf eingetragene_genossenschaft eingetragener_kaufmann eingetragener_verein eirl ek eood epe
eu eurl ev ewiv fmba fz fzco fze gbr gemeinnutzige_gmbh gesellschaft_burgerlichen_rechts gesellschaft_mbh
gesellschaft_mit_beschrankter_haftung gesmbh ggmbh gie gk gmbh godo_kaisha gug haftungsbeschrankt hf ik inc
incorporated jsc kabushiki_kaisha kb kda kdd kft kg kgaa kk kkt kommanditgesellschaft
kommanditgesellschaft_auf_aktien korlatolt_felelossegu_tarsasag ks lc lda limitada limited limited_company
limited_liability_company limited_liability_partnership limited_partnership limited_sirketi llc lllp llp lp
ltd ltd_sti ltda ltee mbb mbh naamloze_vennootschap nv nyrt oao offene_handelsgesellschaft ohg ojsc ood ooo
osakeyhtio oy oyj partg partnerschaftsgesellschaft pbc pc pjsc plc pllc private_limited proprietary pte pty
public_limited_company pvt rl rt s_de_rl_de_cv s_en_c sa sab saec sagl saic sarl sas sasu sau sc sca scop
scs sdn se sgps sia sicav sk sl sll slne slp slu snc soc_coop sociedad_anonima
sociedad_de_responsabilidad_limitada sociedad_limitada sociedade_anonima sociedade_limitada
societa_a_responsabilita_limitata societa_cooperativa societa_per_azioni societas_europaea
societe_a_responsabilite_limitee societe_anonyme societe_en_nom_collectif societe_par_actions_simplifiee sp
sp_k sp_zoo spa spj spol spol_sro spolecnost_s_rucenim_omezenym spolka_akcyjna spolka_jawna
spolka_komandytowa spolka_z_ograniczona_odpowiedzialnoscia spolka_zoo spolocnost_s_rucenim_obmedzenym sprl
spzoo srl srls sro sti tapui tas tbk uab ug ulc unipessoal unlimited unternehmergesellschaft
vennootschap_onder_firma vof vzw wll zao zrt αε ανωνυμη_εταιρεια επε акционерное_общество ао зао ип оао
общество_с_ограниченнои_ответственностью ооо пао пат прат публичное_акционерное_общество тоо"""
_LEGAL_FORM = re.compile(f"(?: (?:{'|'.join(_LEGAL_FORMS.split()).replace('_', ' ')}|and))+$")
_BEGINNING = re.compile("^(?:the|pt|tov|ooo|oao|zao|ооо|оао|зао|пао|ао|ип|тов) (?=.)")
_LEGAL_FORM_IN_CHINESE = re.compile(
    r"(?:股份|有限|责任|責任|公司|株式会社|合同会社|[((](?:株|有)[))]|주식회사)"
)
_LETTERS = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
                          "&": " and ", "+": " and ", "'": "", "\u2019": "", "`": "", "\u00b4": ""})  # fmt: skip
_SAME_WORDS = {
    **dict.fromkeys(("und", "et", "y", "e", "og", "och", "en", "i"), "and"),
    **dict.fromkeys(("saint", "sankt", "sainte"), "st"), "brothers": "bros", "gebruder": "gebr",
}  # fmt: skip


def spelling_corrections(names: TextColumn, rows: Booleans) -> dict[str, str]:
    """Return the most frequent spelling of a name for each of its other spellings.

    Of equally frequent spellings it is the first in the alphabet.

    Parameters
    ----------
    names
        The organization of each row.
    rows
        Which rows count, shape (rows,).

    Returns
    -------
    dict
        Other spelling -> spelling to use.
    """
    frequency = names.frequencies(rows)
    spelling: dict[str, str] = {}
    for name in sorted(frequency, key=lambda name: (-frequency[name], name)):
        spelling.setdefault(fold_text(name), name)
    return {name: spelling[fold_text(name)] for name in frequency if spelling[fold_text(name)] != name}


def alias_targets(names: TextColumn, aliases: Mapping[str, str]) -> dict[str, str]:
    """Return the organization's name for each name that is an alias, regardless of case and extra spaces.

    Parameters
    ----------
    names
        The organization of each row.
    aliases
        Alias -> name of the organization.
    """
    known = {fold_text(alias): name for alias, name in aliases.items()}
    return names.map_values(lambda text: known.get(fold_text(text), text)) if known else {}


def alias_proposals(names: TextColumn, rows: Booleans) -> list[Proposal]:
    """Return the names that look like a more frequent name.

    Parameters
    ----------
    names
        The organization of each row.
    rows
        Which rows count, shape (rows,).
    """
    return names_alike({name: n for name, n in names.frequencies(rows).items() if name})


def names_alike(frequency: Mapping[str, int], settled: Container[str] = ()) -> list[Proposal]:
    """Return the names that look like another one, each as an alias of it.

    The name that stays is one that is settled, else the most frequent one, and of these the most fully written one:
    with its legal form, and with accents.

    Parameters
    ----------
    frequency
        Rows of each name.
    settled
        Names, without case and extra spaces, that are known to be organizations: no two of them are proposed.

    Examples
    --------
    >>> [(p.value, p.proposal) for p in names_alike({"Mueller Bau": 4, "Müller Bau GmbH": 9, "Bau Müller": 2})]
    [('Mueller Bau', 'Müller Bau GmbH')]
    """
    known = {name: fold_text(name) in settled for name in frequency}
    full = {name: len(unicodedata.normalize("NFD", name).encode(errors="replace")) for name in frequency}
    groups: dict[str, list[str]] = {}
    for name in sorted(frequency, key=lambda name: (not known[name], -frequency[name], -full[name], name)):
        groups.setdefault(comparable_name(name), []).append(name)
    return [
        Proposal("organization", "organization", other, first, 1.0, frequency[other])
        for first, *others in groups.values()
        for other in others
        if not (known[first] and known[other])
    ]


def comparable_name(name: str) -> str:
    """Return a name's letters and digits as names are compared to find those that may be one organization.

    Without case, accents (also written out: Mueller, Hojgaard), punctuation, spaces, a legal form and an
    article at the beginning; and with one word for "and" in every language.

    Examples
    --------
    >>> [comparable_name(name) for name in ("Mueller & Söhne GmbH & Co. KG", "Muller und Sohne", "The Zoo S. A.")]
    ['mullerandsohne', 'mullerandsohne', 'zoo']
    >>> comparable_name("Limited") == comparable_name("AG")
    False
    """
    plain = unicodedata.normalize("NFKD", _LEGAL_FORM_IN_CHINESE.sub("", name).casefold().translate(_LETTERS))
    words = re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    text = re.sub(r"\b(\w) (?=\w\b)", r"\1", " ".join(words))  # S. A., U.S., A/S
    text = " ".join(_SAME_WORDS.get(word, word) for word in text.split())
    text = _BEGINNING.sub("", _LEGAL_FORM.sub("", text)).replace(" ", "")
    return re.sub("(?<=[aou])e|(?<=a)a", "", text) or name_skeleton(name)


def name_skeleton(name: str) -> str:
    """Return a name's letters and digits without case, accents, punctuation and spaces.

    Examples
    --------
    >>> name_skeleton("Alder Café"), name_skeleton("ALDER-CAFE")
    ('aldercafe', 'aldercafe')
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))
    return letters or name
