"""The store as a requests-cache backend: stored answers as responses, keyed by what was asked."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from requests import Response
from requests_cache.backends.base import BaseCache, BaseStorage
from requests_cache.models.response import CachedResponse

from ..errors import CacheError
from ..store.answer import Answer
from ..store.store import Store
from .transport import PreparedCall


class AnswerStorage(BaseStorage[str, CachedResponse]):
    """Newest answer of each question, read-only: answers are added by `AnswerCache`, and nothing deletes one."""

    def __init__(self, store: Store, expire_after: timedelta | None) -> None:
        super().__init__(serializer=None)
        self._store = store
        self._expire_after = expire_after

    def __getitem__(self, key: str) -> CachedResponse:
        answer = self._store.latest([key])[key]
        if isinstance(answer, CacheError):
            raise answer
        response = CachedResponse(status_code=200, created_at=answer.time, expires=self._expires(answer))
        response._content = answer.body
        return response

    def _expires(self, answer: Answer) -> datetime | None:
        try:
            return None if self._expire_after is None else answer.time + self._expire_after
        except OverflowError:
            return None

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.keys())

    def __len__(self) -> int:
        return len(self._store.keys())

    def __setitem__(self, key: str, value: CachedResponse) -> NoReturn:
        raise CacheError("an answer is added by the session that paid for it")

    def __delitem__(self, key: str) -> NoReturn:
        raise CacheError("a paid answer is deleted by `xingtu-frames cache clear` only")

    def clear(self) -> NoReturn:
        """Refuse: only the user clears the store."""
        del self[""]


class AnswerCache(BaseCache):
    """Backend of the cached session.

    Attributes
    ----------
    rescued
        Where the paid answers are that the store could not take.
    """

    def __init__(self, store: Store, expire_after: timedelta | None) -> None:
        super().__init__(cache_name=store.path)
        self._store = store
        self.responses = AnswerStorage(store, expire_after)
        self.rescued: list[str] = []

    def create_key(self, request: Any, match_headers: Any = None, **kwargs: Any) -> str:
        """Return the question's key, the same for every host, path generation and spelling."""
        return str(request.call.key)

    def save_response(self, response: Response, cache_key: str | None = None, expires: Any = None) -> None:
        """Add the answer and close its request; one that the store cannot take is saved in a file of its own."""
        request = response.request
        if not isinstance(request, PreparedCall) or request.answer is None or not request.call.endpoint.stored:
            return
        try:
            self._store.close_request(request.outcome, request.answer)
        except (CacheError, MemoryError):
            self.rescued.append(self._rescue(request.answer, request.outcome))
            with contextlib.suppress(CacheError, MemoryError):
                self._store.close_request(request.outcome)

    def _rescue(self, answer: Answer, outcome: Mapping[str, Any]) -> str:
        try:
            path = self._store.rescue(answer, outcome)
            return f"saved in {path}, from where it is taken in as soon as the store can be written"
        except CacheError:
            return "nowhere saved but in the frame that you get now"
