"""The name server of the hostile web, inside the program: loaded by Python itself at start (``sitecustomize``).

What ``socket.getaddrinfo`` answers is read from the file that HOSTILE_NAMES names: a JSON object from name to answers,
one after the other, the last for ever. Names that are not in it cannot be resolved: nothing leaves the machine.
"""

SITECUSTOMIZE = """
import ipaddress, json, os, socket, time
_names = json.load(open(os.environ["HOSTILE_NAMES"]))
_asked = {}
_real = socket.getaddrinfo

def getaddrinfo(host, port, *args, **options):
    name = host.decode() if isinstance(host, bytes) else host
    if name is None or name == "localhost":
        return _real(host, port, *args, **options)
    answers = _names.get(name.lower().rstrip("."))
    if answers is None:
        try:
            ipaddress.ip_address(name)
        except ValueError:
            # The C library reads 127.1, 0x7f000001 and their like itself: those are numbers, and no look-up.
            try:
                socket.inet_aton(name)
            except OSError:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return _real(host, port, *args, **options)
    nth = _asked[name] = _asked.get(name, -1) + 1
    found = []
    for address in answers[min(nth, len(answers) - 1)].split():
        if address.startswith("wait"):
            time.sleep(float(address[4:]))
        elif ":" in address:
            found.append((socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port or 0, 0, 0)))
        else:
            found.append((socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)))
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return found

socket.getaddrinfo = getaddrinfo
"""
"""Python's own file of that name."""
