"""Before the first request: are the servers there, and what do they serve?"""

from __future__ import annotations

import asyncio

from tesuji.errors import ModelUnavailableError, RequestFailedError
from tesuji.models.pool import Lane, Pool
from tesuji.models.transport import AbsentError, ForbiddenError, listed


async def reach(pool: Pool, uri: str, name: str | None) -> str:
    """Reach every server; the model's name, which is theirs where the user gave none.

    Of several servers, those that are not there are left out for now. ModelUnavailableError where
    none is there, one refuses the key, or no one name can be found.
    """
    found = await asyncio.gather(*(_names(lane, name) for lane in pool.lanes))
    absent = [names for names in found if isinstance(names, AbsentError)]
    if len(absent) == len(found):
        raise absent[0]
    for lane, names in zip(pool.lanes, found, strict=True):
        if isinstance(names, AbsentError):
            pool.leave_out(lane, str(names))
    if name is not None:
        return name
    return _only_name(uri, [names for names in found if isinstance(names, list)])


async def _names(lane: Lane, name: str | None) -> list[str] | AbsentError | None:
    """What one server lists; None where it need not say."""
    try:
        return await lane.transport.names()
    except AbsentError as error:
        return error
    except ForbiddenError:
        if name is None:
            raise
        return None  # a key may be good for chats and not for lists
    except RequestFailedError as error:
        if name is None:
            uri = lane.transport.endpoint.uri
            raise ModelUnavailableError(
                f"{uri} does not say what it serves; name it: {uri}#NAME ({error})"
            ) from None
        return None


def _only_name(uri: str, lists: list[list[str]]) -> str:
    names = list(dict.fromkeys(name for names in lists for name in names))
    if len(names) != 1 or not all(lists):
        raise ModelUnavailableError(
            f"{uri} serves {len(names)} models; name one as {uri}#NAME: {listed(names)}"
        )
    return names[0]
