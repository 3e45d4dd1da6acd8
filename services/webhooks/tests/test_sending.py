"""One attempt against real receivers: what is sent, what counts as success, how a failure is called."""

import asyncio
import ssl
import time
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook

from rowcall_contracts.webhook_secrets import format_secret
from rowcall_webhooks.outcomes import SendError, SendOutcome
from rowcall_webhooks.sending import Sender, SendLimits
from rowcall_webhooks.signing import signature_headers
from rowcall_webhooks.testing import MakeSender, Names, Receiver, Serve

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
BODY = '{"type":"chat.completed","t":"žluťoučký 🐎"}'.encode()


def answer(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def send(sender: Sender, receiver: Receiver, body: bytes = b"{}") -> SendOutcome:
    return await sender.send(receiver.url, headers={"webhook-id": "evt_1"}, body=body)


async def test_a_stock_receiver_verifies_what_was_sent(make_sender: MakeSender) -> None:
    secret = format_secret(bytes(range(32)))
    verified: list[object] = []

    async def hook(request: web.Request) -> web.Response:
        verified.append(Webhook(secret).verify(await request.read(), dict(request.headers)))
        return web.Response(status=202, text="thanks")

    app = web.Application()
    app.router.add_post("/hook", hook)
    headers = signature_headers([secret], webhook_id="evt_1", timestamp=int(time.time()), body=BODY)
    sender = await make_sender()
    async with TestServer(app, host="127.0.0.1") as server:
        outcome = await sender.send(str(server.make_url("/hook")), headers=headers, body=BODY)
    assert (outcome.status, outcome.error, outcome.answer) == (202, None, "thanks")
    assert verified == [{"type": "chat.completed", "t": "žluťoučký 🐎"}]


async def test_the_request_is_one_plain_post_of_the_given_bytes(serve: Serve, make_sender: MakeSender) -> None:
    receiver = await serve(NO_CONTENT)
    sender = await make_sender()
    await sender.send(
        f"{receiver.url}/a%2fb/./%41?x=%20y&z=a+b", headers={"Content-Type": "application/json"}, body=BODY
    )
    (request,) = receiver.requests
    assert request.line == "POST /hook/a%2fb/./%41?x=%20y&z=a+b HTTP/1.1"
    assert request.body == BODY
    assert request.headers == {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "user-agent": "Rowcall-Webhooks/1",
        "accept": "*/*",
        "accept-encoding": "identity",
    }


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_2xx_is_success(serve: Serve, make_sender: MakeSender, status: int) -> None:
    outcome = await send(await make_sender(), await serve(answer(status)))
    assert (outcome.status, outcome.succeeded) == (status, True)


@pytest.mark.parametrize("status", [400, 401, 404, 408, 410, 429, 500, 503])
async def test_another_status_is_failure_with_its_answer_and_retry_after(
    serve: Serve, make_sender: MakeSender, status: int
) -> None:
    outcome = await send(await make_sender(), await serve(answer(status, b"because", "Retry-After: 7")))
    assert (outcome.status, outcome.error, outcome.succeeded) == (status, None, False)
    assert (outcome.answer, outcome.retry_after) == ("because", "7")


async def test_interim_answers_are_not_the_answer(serve: Serve, make_sender: MakeSender) -> None:
    receiver = await serve(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + answer(200, b"ok"))
    outcome = await send(await make_sender(), receiver)
    assert (outcome.status, outcome.answer) == (200, "ok")


async def test_connections_are_used_again_until_they_are_old(serve: Serve, make_sender: MakeSender) -> None:
    receiver = await serve(answer(200, b"ok"))
    young, old = await make_sender(), await make_sender(SendLimits(max_age_s=0))
    for _ in range(3):
        await send(young, receiver)
    assert receiver.connections == 1
    for _ in range(3):
        await send(old, receiver)
    assert receiver.connections == 4


async def test_cookies_of_one_endpoint_never_reach_another(serve: Serve, make_sender: MakeSender) -> None:
    receiver = await serve(answer(200, b"", "Set-Cookie: session=1; Path=/"))
    sender = await make_sender(resolver=Names({"shared.example": [["127.0.0.1"]]}))
    for _ in range(2):
        await sender.send(f"http://shared.example:{receiver.port}/", headers={}, body=b"")
    assert [request.headers.get("cookie") for request in receiver.requests] == [None, None]


async def test_proxies_and_passwords_of_the_environment_are_ignored(
    serve: Serve, make_sender: MakeSender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proxy, receiver = await serve(answer(200)), await serve(answer(204))
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("NETRC", str(netrc))
    assert (await send(await make_sender(), receiver)).status == 204
    assert proxy.connections == 0
    assert "authorization" not in receiver.requests[0].headers


async def test_a_port_where_nobody_listens_is_a_refused_connection(make_sender: MakeSender, refusing_port: int) -> None:
    outcome = await (await make_sender()).send(f"http://127.0.0.1:{refusing_port}/", headers={}, body=b"")
    assert (outcome.status, outcome.error) == (None, SendError.CONNECTION_REFUSED)


async def test_a_name_without_address_is_a_dns_error(make_sender: MakeSender) -> None:
    sender = await make_sender(resolver=Names({}))
    outcome = await sender.send("http://nobody.example/", headers={}, body=b"")
    assert outcome.error is SendError.DNS


@pytest.mark.parametrize(
    "half", [b"", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
async def test_a_connection_reset_before_the_answers_end_is_failure(
    serve: Serve, make_sender: MakeSender, half: bytes
) -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        writer.write(half)
        await writer.drain()
        writer.close()

    outcome = await send(await make_sender(), await serve(reset))
    assert (outcome.error, outcome.succeeded) == (SendError.CONNECTION_RESET, False)
    assert outcome.status == (200 if half.endswith(b"half") else None)


async def test_an_answer_that_is_not_http_is_invalid(serve: Serve, make_sender: MakeSender) -> None:
    outcome = await send(await make_sender(), await serve(b"220 mail.example ESMTP\r\n"))
    assert (outcome.status, outcome.error) == (None, SendError.INVALID_ANSWER)


async def test_plain_http_behind_https_is_a_tls_error(make_sender: MakeSender) -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(NO_CONTENT)
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        outcome = await (await make_sender()).send(f"https://127.0.0.1:{port}/", headers={}, body=b"")
    assert outcome.error is SendError.TLS


async def test_a_certificate_that_nobody_vouches_for_is_a_tls_error(
    serve: Serve, make_sender: MakeSender, receiver_tls: ssl.SSLContext
) -> None:
    receiver = await serve(NO_CONTENT, tls=receiver_tls)
    outcome = await send(await make_sender(), receiver)
    assert (outcome.error, receiver.requests) == (SendError.TLS, [])


async def test_a_trusted_certificate_of_another_host_is_a_tls_error(
    serve: Serve,
    make_sender: MakeSender,
    receiver_tls: ssl.SSLContext,
    receiver_certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver_certificate))
    receiver = await serve(NO_CONTENT, tls=receiver_tls)
    sender = await make_sender(resolver=Names({"other.example": [["127.0.0.1"]]}))
    outcome = await sender.send(f"https://other.example:{receiver.port}/", headers={}, body=b"")
    assert (outcome.error, receiver.requests) == (SendError.TLS, [])


async def test_a_trusted_certificate_is_accepted(
    serve: Serve,
    make_sender: MakeSender,
    receiver_tls: ssl.SSLContext,
    receiver_certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(receiver_certificate))
    outcome = await send(await make_sender(), await serve(NO_CONTENT, tls=receiver_tls), BODY)
    assert (outcome.status, outcome.error) == (204, None)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/hook",
        "ftp://127.0.0.1/",
        "http://",
        "http://[",
        "http://127.0.0.1:99999/",
        "file:///etc/passwd",
        "http://a..b/",
    ],
)
async def test_what_is_no_http_url_is_an_outcome_too(make_sender: MakeSender, url: str) -> None:
    outcome = await (await make_sender()).send(url, headers={}, body=b"")
    assert (outcome.status, outcome.error) == (None, SendError.INVALID_URL)
