"""The load's own HTTP client, fed with pieces of answers."""

import asyncio

import pytest

from tests.bench.connection import Connection

ANSWER = b'HTTP/1.1 201 Created\r\nContent-Length: 11\r\nx-request-id: 1\r\n\r\n{"id":"r1"}'


async def received(*pieces: bytes) -> tuple[int, bytes]:
    connection = Connection("sample-a.localhost")
    connection._answer = asyncio.get_running_loop().create_future()
    for piece in pieces:
        connection.data_received(piece)
    return await asyncio.wait_for(connection._answer, 1)


async def test_an_answer_in_one_piece() -> None:
    assert await received(ANSWER) == (201, b'{"id":"r1"}')


@pytest.mark.parametrize("cut", [5, 30, len(ANSWER) - 13, len(ANSWER) - 1])
async def test_an_answer_in_two_pieces(cut: int) -> None:
    assert await received(ANSWER[:cut], ANSWER[cut:]) == (201, b'{"id":"r1"}')


async def test_a_lost_connection_fails_the_request_in_hand() -> None:
    connection = Connection("sample-a.localhost")
    connection._answer = asyncio.get_running_loop().create_future()
    connection.connection_lost(None)
    with pytest.raises(ConnectionResetError):
        await connection._answer
