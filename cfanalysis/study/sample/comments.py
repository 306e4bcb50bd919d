"""Made-up answers to the open question.

An answer is one of some hundreds of sentences, put together from a wish and its occasion. A few carry what
people do write into such boxes and what must never reach a report: a name, an e-mail address, a telephone
number. The addresses and numbers are of the kinds reserved for examples (RFC 2606; numbers 555-01xx and those
set aside for drama).
"""

from __future__ import annotations

from cfanalysis.study.sample.draws import Draws

_WISHES = (
    "Answer e-mails within a day",
    "Call back when we say that we will",
    "Tell customers about delays before they notice them",
    "Give every customer one person to talk to",
    "Keep the promises that sales makes",
    "Stop sending customers from one department to the next",
    "Explain our invoices in plain words",
    "Ask customers what they think before we decide",
    "Visit customers and watch how they work with our products",
    "Test new products with customers much earlier",
    "Let the front line decide on small refunds",
    "Put mistakes right without a discussion about whose fault it was",
    "Follow up after delivery",
    "Write instructions that people understand",
    "Make the website easier to use",
    "Shorten the waiting time on the phone",
    "Train new colleagues before they talk to customers",
    "Share what customers tell us with all departments",
    "Say thank you to people who go out of their way for customers",
    "Measure every department by what customers experience, not just service",
    "Show the planners what happens at the counter",
    "Get rid of forms that nobody needs",
    "Offer a way to reach us in the evening",
    "Learn from complaints instead of filing them",
)
_OCCASIONS = (
    "",
    ", also when we are busy",
    ", above all for smaller customers",
    ", not only for the big accounts",
    "; we have talked about it for years",
    ". Our competitors do that already",
    ", starting with the branches",
    ", and check that it really happens",
    ". Customers mention it in nearly every meeting",
    " - that would save everybody time",
    ", as we did until last year",
    ", even if it costs a little more",
)
_ALONE = (
    "Nothing, we are doing well.",
    "Listen more.",
    "Better parking for visitors!",
    "More staff at peak times",
    "Less talk about customer focus, more of it.",
    'Our slogan says "always there for you", but on Friday afternoon nobody is.',
    "Be honest about delivery dates.",
    "The new system loses half of the customer's history. Please repair it.",
    "Speak with one voice: sales, service and billing each tell the customer something else.",
    "I work in accounts and never hear what customers say about us.",
    "Faster spare parts.",
    "Don't know",
    "Prices are fine, the waiting is not.",
    "Give us time. Three minutes for each call are not enough to help anyone.",
)
_PERSONAL = (
    "Ask Miriam Vandersteen in dispatch, she knows what customers complain about.",
    "Please write to t.okafor@example.com, I have a whole list.",
    "Customers cannot reach anyone after 5 pm, I had to give out my own number 202-555-0147.",
    "Our manager Dennis Hallworth promises things that we cannot deliver.",
    "Call me on +44 20 7946 0321 if you want details.",
    "Send complaints to service.desk@example.org and someone should read them.",
    "Mrs Eleni Papadakis from the front desk should get a prize.",
    "Reach me at j_lindqvist@example.net or 020 7946 0958; I know why customers leave.",
)


def comments(count: int, share: float, draws: Draws) -> list[str]:
    """Return `count` answers, about `share` of them not blank.

    Parameters
    ----------
    count
        How many respondents.
    share
        Share of respondents who write something, 0 to 1.
    draws
        Streams "comment ...".
    """
    answered = draws.uniform("comment answered", count) < share
    alone = draws.uniform("comment alone", count) < 0.25
    short = draws.integer("comment short", len(_ALONE), count)
    wish = draws.integer("comment wish", len(_WISHES), count)
    occasion = draws.integer("comment occasion", len(_OCCASIONS), count)
    return [
        "" if not answered[i] else _ALONE[short[i]] if alone[i] else _sentence(wish[i], occasion[i])
        for i in range(count)
    ]


def personal_comment(number: int) -> str:
    """Return one of the answers that name or address a person."""
    return _PERSONAL[number % len(_PERSONAL)]


def _sentence(wish: int, occasion: int) -> str:
    return f"{_WISHES[wish]}{_OCCASIONS[occasion]}."
