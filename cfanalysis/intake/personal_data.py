"""Columns with personal data: network addresses, names, e-mail, places, devices.

Survey tools write them beside the answers. They are recognized by their names and not read: no study, log or report
ever contains them, unless `ReadingOptions.keep` asks for ``personal``. A column that the instrument takes for the
organization, the wave or a rated item is what the instrument says it is, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_KINDS = {
    "network address": (
        "ip, ipaddress, ipaddr, ip address, ip adresse, adresse ip, direccion ip, dirección ip, indirizzo ip, "
        "endereço ip, ip adres"
    ),
    "e-mail": (
        "email, mail, email address, emailaddress, recipientemail, email adresse, emailadresse, "
        "adresse email, courriel, correo electrónico, dirección de correo electrónico, indirizzo email, "
        "endereço de email, emailadres, adres email"
    ),
    "name of a person": (
        "name, first name, firstname, last name, lastname, full name, fullname, your name, surname, family name, "
        "given name, respondent name, contact name, recipientfirstname, recipientlastname, recipient first name, "
        "recipient last name, username, user name, submitted by, submitter name, submittername, submitterid, "
        "submitter id, enumerator name, vorname, nachname, benutzername, prénom, nom de famille, nombre, apellido, "
        "apellidos, nome, cognome, sobrenome"
    ),
    "telephone": (
        "phone, phone number, phonenumber, telephone, mobile, mobile number, cell phone, devicephonenum, "
        "telefon, telefonnummer, handynummer, téléphone, teléfono, recipientphone"
    ),
    "address": (
        "address, street address, postal address, home address, anschrift, adresse, dirección, zip code, postcode"
    ),
    "place": (
        "latitude, longitude, locationlatitude, locationlongitude, locationaccuracy, location latitude, "
        "location longitude, gps, geolocation, geopoint, coordinates, gps coordinates, start geopoint"
    ),
    "device": (
        "deviceid, device id, device, subscriberid, simid, sim id, simserial, imei, user agent, useragent, "
        "browser fingerprint, mac address"
    ),
    "identity": (
        "token, access code, redcap survey identifier, survey identifier, participant email, panelist id, "
        "external contact id, recipientid"
    ),
}
_BY_NAME = {name.strip(): kind for kind, names in _KINDS.items() for name in names.split(",")}
_ASKING = re.compile(
    r"^((please )?(enter|give|state) |what is )?(your|my|ihre|votre|su|tu|recipient|respondent s?) +"
)
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_IP = re.compile(r"(\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(:[0-9a-fA-F]{0,4}){3,7}")
_PLACE = re.compile(r"(^|[ _])(latitude|longitude|altitude|precision|accuracy)$|^geolocation$")


@lru_cache(maxsize=4096)
def personal_kind(header: str) -> str:
    """Return what a column of this name says about a person, "" where it says nothing.

    Examples
    --------
    >>> personal_kind("IPAddress"), personal_kind("E-Mail"), personal_kind("_gps_latitude"), personal_kind("Sector")
    ('network address', 'e-mail', 'place', '')
    """
    words = " ".join(re.split(r"[\W_]+", header.casefold())).strip().replace("e mail", "email")
    words = re.sub(r" \d+$", "", _ASKING.sub("", words))
    return _BY_NAME.get(words) or ("place" if _PLACE.search(words) else "")


def personal_texts(texts: Iterable[str]) -> str:
    """Return what most of some texts are, "" where they are neither network addresses nor e-mail.

    Examples
    --------
    >>> [personal_texts(texts) for texts in (["a@example.org", "b.c@example.org", ""], ["192.0.2.10"], ["A 1"])]
    ['e-mail', 'network address', '']
    """
    counts = {"e-mail": 0, "network address": 0}
    total = 0
    for text in texts:
        if text.strip():
            total += 1
            counts["e-mail"] += bool(_MAIL.fullmatch(text.strip()))
            counts["network address"] += bool(_IP.fullmatch(text.strip()))
    return next((kind for kind, n in counts.items() if n and 2 * n > total), "")


def personal_columns_note(headers: tuple[str, ...]) -> str:
    """Return in words which columns were not read, "" if none."""
    if not headers:
        return ""
    shown = [f"{h.strip()[:60]} ({personal_kind(h) or 'personal'})" for h in headers[:20]]
    more = f" and {len(headers) - 20:,} more" if len(headers) > 20 else ""
    return f"left at the door, not read (--keep personal reads them): {', '.join(shown)}{more}"
