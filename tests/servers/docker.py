"""The servers of production as containers, by testcontainers."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

NATS_IMAGE = "nats:2.11-alpine"
MONGO_IMAGE = "mongo:8.0"


def answers() -> bool:
    """Whether a Docker engine answers here."""
    if "DOCKER_HOST" not in os.environ and not Path("/var/run/docker.sock").exists():
        return False  # asking the library would leave an unclosed socket behind
    # a fixed API version: negotiating one would speak to the engine before there is a client to close
    client = docker.DockerClient.from_env(version="1.41", timeout=3)
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


@contextlib.contextmanager
def nats_server() -> Iterator[str]:
    container = (
        DockerContainer(NATS_IMAGE)
        .with_command("-js")
        .with_exposed_ports(4222)
        .waiting_for(LogMessageWaitStrategy("Server is ready"))
    )
    with container:
        yield f"nats://{container.get_container_host_ip()}:{container.get_exposed_port(4222)}"


@contextlib.contextmanager
def mongo_server() -> Iterator[str]:
    """A single-node replica set: transactions need one."""
    container = (
        DockerContainer(MONGO_IMAGE)
        .with_command("mongod --replSet rs0 --bind_ip_all")
        .with_exposed_ports(27017)
        .waiting_for(LogMessageWaitStrategy("Waiting for connections"))
    )
    with container:
        # hello().isWritablePrimary within the same shell: the election is over when it returns
        initiate = (
            "rs.initiate({_id: 'rs0', members: [{_id: 0, host: 'localhost:27017'}]});"
            "while (!db.hello().isWritablePrimary) { sleep(50) }"
        )
        code, output = container.exec(["mongosh", "--quiet", "--eval", initiate])
        if code != 0:
            raise RuntimeError(f"the replica set did not start: {output!r}")
        host, port = container.get_container_host_ip(), container.get_exposed_port(27017)
        yield f"mongodb://{host}:{port}/?directConnection=true"
