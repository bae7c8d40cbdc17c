"""What goes on the wire: the endpoints, their choices, and how each path spells a question."""

from .call import Call, call_for_query, find_endpoint
from .endpoints import ENDPOINTS
from .options import Api, about, calls_of, check_options, in_our_words, questions
from .parameters import PREFIX, Endpoint, Parameter
from .twins import PAIRS, Pair

__all__ = [
    "ENDPOINTS",
    "PAIRS",
    "PREFIX",
    "Api",
    "Call",
    "Endpoint",
    "Pair",
    "Parameter",
    "about",
    "call_for_query",
    "calls_of",
    "check_options",
    "find_endpoint",
    "in_our_words",
    "questions",
]
