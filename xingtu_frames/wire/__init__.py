"""What goes on the wire, as data: the endpoints, their choices, and how each path spells an option."""

from .call import OPTIONS, PAIRS, Call, Option, Pair, call_for_query, calls_for_options, check_choice, find_endpoint
from .endpoints import ENDPOINTS
from .parameters import PREFIX, Endpoint, Parameter

__all__ = [
    "ENDPOINTS",
    "OPTIONS",
    "PAIRS",
    "PREFIX",
    "Call",
    "Endpoint",
    "Option",
    "Pair",
    "Parameter",
    "call_for_query",
    "calls_for_options",
    "check_choice",
    "find_endpoint",
]
