import socket

print([name for _, name in socket.if_nameindex() if name not in ("tunl0", "sit0", "ip6tnl0", "gre0", "ip_vti0")])
