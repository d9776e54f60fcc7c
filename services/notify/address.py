"""Where webhooks may go: to public addresses over https, so that nobody can make us call into our own network (SSRF)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from shared.errors import Invalid

NAT64 = IPv6Network("64:ff9b::/96")
INSIDE = (".localhost", ".local", ".internal", ".lan", ".home.arpa")


class ForbiddenAddress(Exception):
    """The host's address is not public."""


def is_public(text: str) -> bool:
    """Whether an IP address is one that anybody on the internet can reach; addresses that embed another one are judged by that."""
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(str(inner))
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside a mapped, 6to4, Teredo or NAT64 address."""
    if address.teredo:
        return address.teredo[1]
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def literal(host: str) -> str | None:
    """The IP address that `host` itself is, or None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def check_url(url: str, *, allow_private: bool) -> str:
    """`url` when a webhook may be sent there, as far as can be seen without asking the DNS. Raises Invalid."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid("url", "this is no URL") from None
    if not host or parts.scheme not in ("https", "http") or not url.isascii() or not url.isprintable():
        raise Invalid("url", "an https URL is needed")
    if any(space in url for space in ' \\"<>^`{|}'):
        raise Invalid("url", "this is no URL")
    if parts.username or parts.password or parts.fragment:
        raise Invalid("url", "no user, password or fragment may stand in the URL")
    if not allow_private:
        _check_public(parts.scheme, host)
    return url


def _check_public(scheme: str, host: str) -> None:
    if scheme != "https":
        raise Invalid("url", "only https is allowed")
    address = literal(host)
    inside = host == "localhost" or host.endswith(INSIDE) or "." not in host.strip(".")
    if (address is None and inside) or (address is not None and not is_public(address)):
        raise Invalid("url", "the address must be public")
