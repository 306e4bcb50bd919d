"""Every sentence of a client's report that can be false has a case in which it is, and is not printed.

The sentences are read from the modules that write them, so that a new one without a case fails.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cfanalysis.reports.client import SECTIONS
from cfanalysis.study.prepared_study import Study

from .client_states import STATES, States
from .client_world import World
from .conftest import ROOT
from .report_texts import templates

PACKAGE = ROOT / "cfanalysis"
AUTHORS = PACKAGE / "reports/client/report_files.py"
"""What it says is said to the author of reports, not to clients."""

SOURCES: dict[Path, tuple[str, ...]] = {
    **dict.fromkeys(sorted(set((PACKAGE / "reports/client").glob("*.py")) - {AUTHORS}), ()),
    PACKAGE / "charts/captions/client_captions.py": (),
    PACKAGE / "charts/captions/score_captions.py": ("say_do_dumbbell_caption",),
    PACKAGE / "reports/common/sentences.py": (
        "client_summary_texts", "_AHEAD", "_OTHERS_AHEAD", "_THIRDS", "_QUARTILES",
    ),
    PACKAGE / "reports/common/result_tables.py": (
        "PLACES", "GAP_PLACES", "TURNED", "profile_table", "standing_table", "pair_table", "_organizations",
    ),
    PACKAGE / "reports/common/page_blocks.py": ("client_masthead", "_SYNTHETIC", "_DRAFT"),
    PACKAGE / "analyses/priorities.py": ("PRIORITY_METHOD", "_STRENGTH_METHOD", "priorities"),
    **{PACKAGE / f"analyses/{name}.py": ("_METHOD",) for name in (
        "client_roles", "customer_types", "performance_levels", "open_answers")},
}  # fmt: skip
"""The modules that write a client's report; of those that write other pages, too, what they have for clients."""

CASES: list[tuple[str, str, str]] = [
    # who answered
    ("{} of {} people invited answered", "invited", "the sample"),
    ("Of fewer than {} respondents", "three respondents", "six respondents"),
    ("only overall Say, Do and gap are shown", "three respondents", "no overall"),
    ("no score is shown", "no overall", "three respondents"),
    ("One statement is", "one hidden", "two hidden"),
    ("not shown, nor what is computed from", "two hidden", "six respondents"),
    ("Only frequency tables were published", "published tables", "the sample"),
    ("group of people is", "one group hidden", "two groups hidden"),
    ("groups of people are", "two groups hidden", "one group hidden"),
    ("not shown, because fewer than {} answered", "one group hidden", "no groups hidden"),
    ("Groups of fewer than {} respondents are not shown", "the sample", "three respondents"),
    # the summary
    ("Ranked from the narrowest gap to the widest", "many", "seven peers"),
    ("You are in the third of these {} organizations with the narrowest gaps", "lower third", "upper third"),
    ("You are in the third of these {} organizations with middling gaps", "middle third", "upper third"),
    ("You are in the third of these {} organizations with the widest gaps", "upper third", "lower third"),
    ("you are in the **", "many", "seven peers"),
    ("On 0 to 100 they rate what you intend at {} and what you do at {}: intention and", "level", "intention ahead"),
    ("what you do at {}: intention runs ahead of practice by **{} points**", "intention ahead", "practice ahead"),
    ("what you do at {}: practice runs ahead of intention by **{} points**", "practice ahead", "intention ahead"),
    ("In the benchmark ({}) intention and practice are level", "level", "intention ahead"),
    ("In the benchmark ({}) intention runs ahead of practice by {} points", "intention ahead", "practice ahead"),
    ("In the benchmark ({}) practice runs ahead of intention by {} points", "practice ahead", "intention ahead"),
    ("One respondent answered", "one respondent", "three respondents"),
    ("{} respondents answered", "three respondents", "one respondent"),
    ("One respondent answered in {}.", "one respondent", "three respondents"),
    ("Synthetic data: no organization in it exists", "the sample", "many"),
    ("Intention minus practice is widest in {} ({}) and narrowest in {} ({}).", "far apart", "alike"),
    ("Since {} no main score has changed by {} points or more beyond chance", "changed little", "changed"),
    ("Since {} there has been a change that matters", "changed", "changed little"),
    ("; whether that is chance is not known", "perhaps changed", "changed"),
    ("; whether that is chance is not known", "one perhaps changed", "changed little"),
    ("Since {} there has been a change that matters", "index changed", "one perhaps changed"),
    ("Since {} no main score has changed by {} points or more beyond chance", "changed little", "one perhaps changed"),
    ("the time before", "changed at times", "changed"),
    ("What has changed since the time before cannot be shown.", "changed before", "changed"),
    ("There is no earlier result of yours to compare with.", "first time", "unknown before"),
    ("What has changed since the time before cannot be shown.", "unknown before", "first time"),
    # strengths and opportunities
    ("up to the 10th", "at the bottom", "in the middle"),
    ("from the 90th on", "at the top", "in the middle"),
    ("below the 10th", "anywhere", "in the middle"),
    ("above the 90th", "anywhere", "in the middle"),
    ("in the benchmark it is {}, {} points more", "narrow", "practice above"),
    ("you score {}, {} points above the benchmark", "practice above", "practice below"),
    ("you score {}, {} points below the benchmark", "practice below", "practice above"),
    ("you score {}, level with the benchmark", "practice level", "practice above"),
    ("you score {}, {} points below the top quartile", "intention short", "gap"),
    ("Narrow gap: intention minus practice is", "narrow", "practice above"),
    ("Practice ahead of intention", "beyond narrow", "narrow"),
    ("Gap: practice is {}, {} points below what you intend", "gap", "intention short"),
    ("; their order counts importance, too", "of different importance", "all as important"),
    (", the {} percentile of the {} organizations' scores for that mix", "another mix", "another mix, no place"),
    ("Strengths and opportunities are left out", "left out", "the sample"),
    ("Every practice is among the opportunities below", "all opportunities", "all below"),
    ("No practice that was compared lies above the benchmark", "all below", "all above"),
    ("There is no benchmark to compare with", "no means", "all below"),
    ("Strongest in itself", "all below", "all above"),
    (
        "No practice that was compared (strengths aside) falls short of what you intend or of the top quartile:",
        "nothing short", "nothing short of peers",
    ),
    (
        "No practice that was compared (strengths aside) falls short of what you intend or of the benchmark:",
        "nothing short of peers", "nothing short",
    ),
    (
        "No practice that was compared (strengths aside) falls short of what you intend:",
        "nothing short of intention", "nothing short",
    ),
    (
        "No practice that was compared falls short of what you intend or of the top quartile:",
        "nothing short, no strength", "nothing short",
    ),
    (
        "No practice that was compared falls short of what you intend or of the benchmark:",
        "nothing short of peers, no strength", "nothing short of peers",
    ),
    (
        "No practice that was compared falls short of what you intend:",
        "nothing short of intention, no strength", "nothing short of intention",
    ),
    ("Strengths stand in the order", "order with strengths", "order without strengths"),
    ("Opportunities stand in the order", "order without strengths", "order with strengths"),
    ("How sure: {} where it is among the first three", "six respondents", "three respondents"),
    ("of your respondents, drawn again", "the sample", "published tables"),
    ("of each item's mean, drawn from its spread", "published tables", "the sample"),
    ("**A note for you.**", "a note", "no note"),
    ("the top quartile", "the sample", "peers"),
    ("falls short of the top quartile, or of your own intention, by its points times", "the sample", "peers"),
    ("falls short of the benchmark, or of your own intention, by its points times", "peers", "the sample"),
    ("falls short of the benchmark, or of your own intention, by its points; an", "no benchmark", "the sample"),
    ("falls short of the top quartile, or of your own intention, by its points; an", "top, unweighted", "the sample"),
    ("A strength is a practice (Do), or a narrow gap where", "the sample", "three respondents"),
    ("**Strengths and opportunities.**", "the sample", "three respondents"),
    ("Statements worded the other way round are turned", "six respondents", "three respondents"),
    ("What keeps it", "all above", "all below"),
    # where the client stands
    ("What goes most closely with {}: {}", "the sample", "no benchmark"),
    ("No practice goes with {}", "nothing goes with it", "the sample"),
    ("Correlation of each practice with {}", "the sample", "no benchmark"),
    ("Correlations with intervals", "the sample", "no benchmark"),
    ("{}, the {} percentile (95% interval {}) of {} organizations", "the sample", "seven peers"),
    ("{}, the {} percentile of {} organizations", "published tables", "seven peers"),
    ("{}, in the lower third of {} organizations", "lower third", "upper third"),
    ("{}, in the middle third of {} organizations", "middle third", "upper third"),
    ("{}, in the upper third of {} organizations", "upper third", "lower third"),
    ("Scores are left out: neither", "left out", "three respondents"),
    ("The spread of organizations is left out", "seven peers", "many"),
    ("Where you stand among the organizations", "many", "seven peers"),
    ("Scores of {} among {}", "many", "seven peers"),
    ("{}, figures of {}, latest wave of each", "many", "seven peers"),
    ("Means rest on {}, those of quartiles on some of them.", "the sample", "no benchmark"),
    ("Percentile: share of the benchmark's organizations below", "many", "seven peers"),
    ("Third: that of the benchmark's organizations", "seven peers", "many"),
    (" For a gap, low is narrow.", "many", "seven peers"),
    (" For a gap, the lower is the narrower.", "seven peers", "many"),
    ("Benchmark: mean of {} organizations (", "many", "no benchmark"),
    ("Dimensions are left out", "bare", "the sample"),
    ("n: your respondents; of the others, organizations", "the sample", "three respondents"),
    ("he gap in {} is {} points of 100", "one dimension", "widest"),
    ("ntention runs ahead of practice in no dimension", "practice ahead everywhere", "widest"),
    ("he gap is widest in", "widest", "equally wide"),
    ("he gap is {} points of 100 at most", "equally wide", "widest"),
    ("respondents of {}, {} of the others", "dimensions in a spreadsheet", "three respondents"),
    ("Pairs are left out", "bare", "the sample"),
    ("Widest gap first", "the sample", "three respondents"),
    ("Highest and lowest items are left out", "left out", "the sample"),
    ("Beside benchmark: yours minus", "many", "no benchmark"),
    ("Benchmark: mean of organizations ({})", "many", "no benchmark"),
    ("Answers in %: from the lowest answer", "items in a spreadsheet", "many"),
    ("You, benchmark and difference: 0 to 100.", "many", "three respondents"),
    ("{} is left out: too few answered each statement", "all hidden", "many"),
    ("How your people answered", "many", "three respondents"),
    ("Share of answers, {}", "many", "three respondents"),
    ("Share of answers above the middle of the scale", "many", "three respondents"),
    ("reversed statements are turned round", "many", "three respondents"),
    # practices, levels, signs, expectations
    ("Practices are left out", "left out", "the sample"),
    ("Mean of each practice's Do items; n:", "the sample", "three respondents"),
    ("Mean of each practice’s Do items, 0–100", "with top quartile", "left out"),
    ("means of the organizations and of the top quartile", "with top quartile", "without top quartile"),
    ("mean of the organizations", "without top quartile", "with top quartile"),
    ("{} {} (benchmark {}, top quartile {})", "with top quartile", "without top quartile"),
    ("Above the benchmark: {} of {} practices", "with top quartile", "no benchmark"),
    ("The level is left out", "left out", "the sample"),
    ("By the answers of your people you stand at", "the sample", "many"),
    (", where {} of the benchmark's organizations stand", "placed", "not placed"),
    ("Of those who answered about every level, {} place you there", "placed", "not placed"),
    ("Your people describe a {} external performance level", "the sample", "many"),
    ("Share of the benchmark’s organizations at each level", "the sample", "no benchmark"),
    ("Score (0 to 100) and share of the benchmark at each level", "the sample", "no benchmark"),
    ("{}: your score {}, {} of organizations", "the sample", "no benchmark"),
    ("Agreement with the statements of each level", "the sample", "many"),
    ("An organization stands at the highest level whose statements", "the sample", "many"),
    ("Warning signs are left out", "left out", "the sample"),
    ("{} warning sign is seen by more than half", "one sign", "two signs"),
    ("{} warning signs are seen by more than half", "two signs", "one sign"),
    ("No warning sign is seen by more than half", "no sign", "one sign"),
    ("Share of respondents who see the sign", "no sign", "many"),
    ("The share of respondents who say yes; bold", "the sample", "many"),
    ("Benchmark: mean of organizations.", "the sample", "no benchmark"),
    ("Customers' expectations are left out", "left out", "the sample"),
    ("Of ten contacts, {} ended above expectations and {} below", "the sample", "many"),
    ("Of ten recent customer contacts, as {} remember them", "the sample", "many"),
    ("Shares, as your people see them", "the sample", "many"),
    # groups of people
    ("Groups of people are left out", "left out", "the sample"),
    ("too few said to which they belong", "left out", "tables, left out"),
    ("only frequency tables were published, no answers", "tables, left out", "left out"),
    ("Higher and lower positions cannot be compared", "not comparable", "first wider"),
    ("The Say-Do gap of the first is narrower", "first narrower", "first wider"),
    ("The Say-Do gap of the first is wider", "first wider", "first narrower"),
    ("Whose Say-Do gap is wider cannot be told", "first like the others", "first wider"),
    ("which can be chance", "first narrower", "first wider"),
    ("more than chance would give", "first wider", "first narrower"),
    ("Respondents who chose **{}** (n = {}) rate what is done at", "first wider", "not comparable"),
    ("rate what is done {} points higher than those of the same organization", "first wider", "no usual difference"),
    ("rate what is done {} points lower than those of the same organization", "first lower", "first wider"),
    ("What is done, as each group of people sees it", "groups", "published tables"),
    ("Do by dimension, 0 to 100; the darker the higher", "groups", "published tables"),
    ("–: not shown, as not all of the group answered", "groups, not all of which answered", "groups"),
    ("Scores of groups of people by dimension", "groups", "published tables"),
    ("Respondents' scores, 0 to 100", "the sample", "published tables"),
    ("Means over respondents, 0 to 100, with 95% intervals", "the sample", "published tables"),
    ("If the same mix of positions had answered", "another mix", "published tables"),
    ("as it is", "the same mix", "another mix"),
    ("Inside and outside are left out", "left out", "the sample"),
    ("Colleagues are served better than customers", "better inside", "inside like outside"),
    ("Colleagues are served less well than customers", "better outside", "better inside"),
    ("Service to colleagues and service to customers cannot be told apart", "inside like outside", "better inside"),
    ("Means of the Do items about external and internal", "the sample", "many"),
    # waves
    ("The trend is left out", "left out", "the sample"),
    ("Respondents who answered in both waves", "two waves", "published tables"),
    ("Bold: a change that matters", "changed", "changed little"),
    ("Benchmark's change: that of the organizations in both waves", "the sample", "no benchmark"),
    ("A change is no effect of anything by itself", "two waves", "many"),
    (" with 95% interval over respondents", "two waves", "published tables"),
    ("; dashed: mean of the wave’s organizations", "the sample", "no benchmark"),
    ("Every change from wave to wave could be chance", "perhaps risen", "risen"),
    ("Scores from wave to wave", "unknown change", "risen"),
    ("Scores by wave", "two waves", "many"),
    # open answers
    ("Open answers are left out", "left out", "six respondents"),
    ("nobody wrote one.", "left out", "tables, left out"),
    ("Nobody wrote an answer.", "nobody wrote", "few wrote"),
    ("{} of {} respondents wrote an answer.", "few wrote", "nobody wrote"),
    ("{} of one respondent wrote an answer", "one was asked", "few wrote"),
    ("{} fits no theme.", "one fits no theme", "many wrote"),
    ("{} fit no theme.", "many wrote", "one fits no theme"),
    ("What they say is left out: it needs at least", "few wrote", "many wrote"),
    ("Most often they name **{}**", "many wrote", "wrote of no theme"),
    ("Phrases of the survey's own words that recur", "many wrote", "few wrote"),
    ("Answers chosen for this report:", "many wrote", "few wrote"),
    ("Benchmark: mean share over organizations.", "the sample", "no benchmark"),
    ("A theme is a list of words in the instrument", "the sample", "many"),
    # the team's pages
    ("More that could be done about the opportunities:", "more to do", "nothing more"),
    ("What leads further:", "the sample", "many"),
    ("What to do about the signs that more than half see:", "signs seen", "signs not seen"),
    ("Which groups of us see different organizations", "the sample", "many"),
        ("when is that so, and why?", "asked in reverse", "asked plainly"),
    ("what happens here when that does not work?", "asked plainly", "asked in reverse"),
    # how the report was made
    ("others, each too few to name", "few to name", "all to name"),
    ("yours not among them", "not included", "included"),
    (", without {} whose missing answers would give them away", "not included", "included"),
    ("norm {} (as of {})", "of a norm", "included"),
    ("{} figures as of norm {}", "of a renewed norm", "of a norm"),
    ("organizations as of norm {}", "of former organizations", "of a renewed norm"),
    ("a draft, made from the study of the day", "included", "of a norm"),
    (", read off its quantiles", "of a norm", "many"),
    ("Draft: compared with a benchmark that is not published", "a draft", "no draft"),
    ("Marked as doubtful and kept", "excluded", "only dropped"),
    ("No respondent of yours was left out or marked", "not excluded", "excluded"),
    ("**Your exclusions**, in rows of all your waves", "excluded", "not excluded"),
    ("; statements worded the other way round are turned first", "many", "nothing reversed"),
    ("Say and Do are means of their items' means", "three respondents", "indices alone"),
    ("Say, Do and every dimension", "many", "three respondents"),
    ("Respondents who answered less than {} of the Say or of the Do statements", "many", "published tables"),
    ("ouble entries and test entries were left out before", "many", "published tables"),
    ("**Intervals** are 95% intervals over respondents", "many", "published tables"),
    ("**Percentile.** How many of 100 organizations", "many", "seven peers"),
    ("**Third.** The third of the benchmark's organizations", "seven peers", "many"),
    ("**Top quartile.** The organizations of the benchmark", "many", "seven peers"),
    ("**Confidentiality.** Scores need {} respondents", "indices alone", "many"),
    ("Whatever is finer than overall Say, Do and gap needs", "many", "indices alone"),
    ("Open answers are not printed, except", "many", "indices alone"),
]  # fmt: skip
"""A piece of the sentence (``{}`` for what varies), a state in which it is printed, and one in which it is false."""

CLAIMING_NOTHING = {
    # of sections, and what they are about
    *(text for kind in SECTIONS.values() for text in (kind.title, kind.about)),
    "How we keep it, and where else it could help", "Who, and by when", "How sure the order is",
    "What, and why",
    # headings and labels of rows and columns
    "What the benchmark is made of", "What stands out", "What to do", "What has changed",
    "What else we want to change:", "What we want to change:",
    "What we do first", "How customers will notice", "What makes it work",
    "### Our plan\n\nOne line for each step; fewer is better.", "### What we keep",
    "Internal customers (colleagues)", "Internal minus external",
    "The practices, one by one (0 to 100)", "Respondents who place you there", "How far you go for customers",
    "95% interval of the gap", "Say and Do by group of people", "Do items about", "Inside and outside (0 to 100)",
    "What you intend (Say)", "What you do (Do)", "{}, item by item", "Widest gaps between intention and practice",
    "Say and Do by dimension (0 to 100)",
    "Intention and practice on the same subject (0 to 100)", "Scores from 0 to 100", "{} Say {} and Do {}",
    "Pairs of marks for Say and Do by dimension and group, scores from 0 to 100", "Say and Do, 0 to 100",
    "means over {}; gap = Say minus Do",
    # frames of sentences that have cases of their own

    "Benchmark: {}: {}, {} organizations, yours included, each counted once with its latest wave.",
    "Scores from 0 to 100.", "Scores from 0 to 100; n: your respondents.", "Scores from 0 to 100; n = {}, {}.",
    # of the research report's chart
    "Say and Do as measured, 0 to 100; quartiles of {}",
    "The gap is {} points of 100 in the top quartile and {} below it",
    "In the top quartile the gap is widest in {}: {} points of 100, against {} below it",
    # definitions, questions and advice
    "*Say* is what you intend for your customers, *Do* is what you do; between them lies the gap.",
    "At the *low* level an organization helps customers to choose from what there is. At the *moderate* level it knows "
    "what they will need next. At the *high* level it helps them to what they had not thought possible.",
    "Each pair of statements asks for the intention and for the practice on one subject. A wide gap is a promise that "
    "is not kept yet; a narrow one shows where intention and practice go together.",
    "Read these pages with your team. Begin with few things, name who does them, and say how customers will notice.",
    "**Scores.** {}, where {} is the mean answer.", "${} = 100\\,(x - \\min)/(\\max - \\min)$",
    "Differences are those of the numbers as printed.", "**Who counts.** “Don't know” counts as no answer.",
    "This report was made from your own answers and the benchmark's aggregates alone.",
    "Keep what you do, and ask your customers.", "Each subject counts once.",
    "**What this cannot say.** The answers are your people's judgement of your organization: how it looks from inside, "
    "not how customers see it. Differences between organizations and changes from wave to wave are not effects of "
    "anything by themselves.",
    "Which result surprises us, and what did we expect?",
    "What would a customer see if we changed one thing by next month?",
}  # fmt: skip
"""Texts that state nothing about a client, or what is so by definition."""


@pytest.fixture(scope="module")
def states(sample_study: Study, tmp_path_factory: pytest.TempPathFactory) -> States:
    """The texts of all states."""
    return States(World(sample_study, tmp_path_factory.mktemp("states")))


def test_every_sentence_has_a_case() -> None:
    """Every text of three words or more in the modules of client reports is in a case, or claims nothing."""
    printed = {text for path, names in SOURCES.items() for text in templates(path, *names)}
    pieces = [piece for piece, _, _ in CASES]
    without = {text for text in printed - CLAIMING_NOTHING if not any(piece in text for piece in pieces)}
    assert without == set()
    assert {piece for piece in pieces if not any(piece in text for text in printed)} == set()
    assert {text for text in CLAIMING_NOTHING - printed if len(text.split()) > 2} == set()
    assert {state for _, *both in CASES for state in both} <= set(STATES)


@pytest.mark.parametrize(("piece", "where", "false_in"), CASES, ids=[piece for piece, _, _ in CASES])
def test_a_sentence_is_not_printed_where_it_is_false(
    states: States, piece: str, where: str, false_in: str
) -> None:
    """It stands in the one state and not in the other."""
    pattern = re.compile(re.escape(" ".join(piece.split())).replace(r"\{\}", ".{1,90}?"))
    assert pattern.search(states.text(where)), states.text(where)
    found = pattern.search(states.text(false_in))
    assert found is None, found


def test_dimensions_as_far_apart_are_named_together(states: States) -> None:
    """Of two dimensions with the widest gap neither is called the widest alone."""
    assert re.search(
        r"widest in \*\*.+\*\* and \*\*.+\*\* \(\+9\.0\) and narrowest", states.text("two as far apart")
    )
