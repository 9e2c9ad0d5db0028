"""Ways out over the network, and to services of the host."""

from __future__ import annotations

from .attack import NOT_STOPPED, Attack, gets_through, prints, refused

NO_SOCKET = refused("Errno 1\\b")

NETWORK = [
    Attack("network/ipv4_connect", refused("Errno 101"), NOT_STOPPED, landlock=NO_SOCKET),
    Attack("network/ipv6_connect", refused("Errno (97|99|101)"), NOT_STOPPED, landlock=NO_SOCKET),
    Attack("network/udp_send", refused("Errno 101"), NOT_STOPPED, landlock=NO_SOCKET),
    Attack("network/dns_lookup", refused("gaierror"), NOT_STOPPED, landlock=refused("gaierror")),
    Attack("network/metadata_address", refused("Errno 101"), NOT_STOPPED, landlock=NO_SOCKET),
    Attack("network/raw_socket", refused("Errno 1\\b"), landlock=NO_SOCKET),
    Attack("network/packet_socket", refused("Errno 1\\b"), landlock=NO_SOCKET),
    Attack("network/vsock", refused("Errno 1\\b"), NOT_STOPPED, landlock=NO_SOCKET),
    Attack("network/host_gateway", refused("Errno 101"), NOT_STOPPED, landlock=NO_SOCKET),
    Attack("network/host_loopback", refused("Errno 111"), gets_through("reached the host"), landlock=NO_SOCKET),
    Attack("network/host_abstract_socket", refused("Errno 111"), gets_through("reached the host"), landlock=NO_SOCKET),
    Attack("network/host_unix_socket", refused("Errno 2\\b"), gets_through("reached the host"), landlock=NO_SOCKET),
    Attack("network/runtime_sockets", prints("\\[\\]"), NOT_STOPPED, landlock=prints("\\[.*\\]", "named, not reached")),
    Attack("network/interfaces", prints("\\['lo'\\]"), landlock=NO_SOCKET),
    Attack("network/raise_an_interface", refused("Errno 1\\b"), landlock=NO_SOCKET),
    Attack("network/add_a_route", prints("errno 1"), landlock=NO_SOCKET),
]
