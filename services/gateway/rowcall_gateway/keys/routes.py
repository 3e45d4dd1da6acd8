"""`/keys`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from rowcall_contracts.scopes import Scope
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.idempotency import Idempotency, IdempotencyKey
from rowcall_gateway.keys.schemas import KeyBody, KeyCreated, KeyList, KeysQuery, NewKey
from rowcall_gateway.parts import Handed

Operator = Annotated[Caller, Depends(Requires(Scope.OPERATOR))]

router = APIRouter(prefix="/keys", tags=["operators"])


@router.post("", status_code=201)
async def create_key(
    new: NewKey, caller: Operator, parts: Handed, response: Response, *, idempotency_key: IdempotencyKey = None
) -> KeyCreated:
    """Makes a key; the answer is the only one that shows it."""
    idempotency = Idempotency.of(caller, "POST /keys", header=idempotency_key, body=new)
    key, token = await parts.keys.create(caller, new, idempotency)
    await parts.audit.changed(caller, "key.create", key.id)
    response.headers["Location"] = f"/keys/{key.id}"
    return KeyCreated(**KeyBody.of(key).model_dump(), key=token)


@router.get("")
async def list_keys(query: Annotated[KeysQuery, Query()], _: Operator, parts: Handed) -> KeyList:
    """Lists keys, newest first, revoked ones too."""
    keys, cursor = await parts.keys.page(query)
    return KeyList(data=[KeyBody.of(key) for key in keys], next_cursor=cursor)


@router.get("/{key_id}")
async def get_key(key_id: str, _: Operator, parts: Handed) -> KeyBody:
    """Reads a key's description."""
    return KeyBody.of(await parts.keys.get(key_id))


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: str, caller: Operator, parts: Handed) -> None:
    """Revokes a key: it is refused within five seconds everywhere, and stays listed."""
    await parts.keys.revoke(key_id)
    await parts.audit.changed(caller, "key.revoke", key_id)
