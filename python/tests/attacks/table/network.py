"""Ways out over the network, and to services of the host."""

from __future__ import annotations

from .attack import NOT_STOPPED, Attack, gets_through, prints, refused

NETWORK = [
    Attack("network/ipv4_connect", refused("Errno 101"), NOT_STOPPED),
    Attack("network/ipv6_connect", refused("Errno (97|99|101)"), NOT_STOPPED),
    Attack("network/udp_send", refused("Errno 101"), NOT_STOPPED),
    Attack("network/dns_lookup", refused("gaierror"), NOT_STOPPED),
    Attack("network/metadata_address", refused("Errno 101"), NOT_STOPPED),
    Attack("network/raw_socket", refused("Errno 1\\b")),
    Attack("network/packet_socket", refused("Errno 1\\b")),
    Attack("network/vsock", refused("Errno 1\\b"), NOT_STOPPED),
    Attack("network/host_gateway", refused("Errno 101"), NOT_STOPPED),
    Attack("network/host_loopback", refused("Errno 111"), gets_through("reached the host")),
    Attack("network/host_abstract_socket", refused("Errno 111"), gets_through("reached the host")),
    Attack("network/host_unix_socket", refused("Errno 2\\b"), gets_through("reached the host")),
    Attack("network/runtime_sockets", prints("\\[\\]"), NOT_STOPPED),
    Attack("network/interfaces", prints("\\['lo'\\]")),
    Attack("network/raise_an_interface", refused("Errno 1\\b")),
    Attack("network/add_a_route", prints("errno 1")),
]
