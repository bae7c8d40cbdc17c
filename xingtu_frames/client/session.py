"""The store as a requests-cache backend.

requests-cache stays in front as a read-only view: whoever uses the session as a `CachedSession` sees stored answers as
responses, and what is paid for is written below it, by the adapter, together with its ledger row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NoReturn

from requests import Response
from requests_cache.backends.base import BaseCache, BaseStorage
from requests_cache.models.response import CachedResponse

from ..errors import CacheError
from ..store.answer import Answer
from ..store.store import Store


class AnswerStorage(BaseStorage[str, CachedResponse]):
    """Newest answer of each question; nothing is added or deleted here."""

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
        raise CacheError("an answer is added by the adapter that paid for it")

    def __delitem__(self, key: str) -> NoReturn:
        raise CacheError("a paid answer is deleted by `xingtu-frames cache clear` and `cache archive` only")

    def clear(self) -> NoReturn:
        """Refuse: only the user clears the store."""
        del self[""]


class AnswerCache(BaseCache):
    """Backend of the cached session."""

    def __init__(self, store: Store, expire_after: timedelta | None) -> None:
        super().__init__(cache_name=store.shown)
        self.responses = AnswerStorage(store, expire_after)

    def create_key(self, request: Any, match_headers: object = None, **kwargs: object) -> str:
        """Return the question's key, the same for every host, path generation and spelling."""
        return str(request.call.key)

    def save_response(self, response: Response, cache_key: str | None = None, expires: object = None) -> None:
        """Write nothing: the adapter has stored the answer already."""
