"""A mail server with faults, for tests: aiosmtpd (Debian's python3-aiosmtpd).

server.py FOLDER OPTIONS, where OPTIONS is a JSON object. It prints its port, keeps each message that it took in FOLDER as
N.eml beside its envelope N.json, and ends when its input does, so that it does not outlive the test.
"""
import asyncio
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# Broken conversations are what is tested here.
logging.disable()
folder, options = sys.argv[1], json.loads(sys.argv[2])


class Handler:
    count = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if "sender" in options:
            return options["sender"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in options.get("recipients", {}):
            return options["recipients"][address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if options.get("slow"):
            await asyncio.sleep(options["slow"])
        if "message" in options:
            return options["message"]
        Handler.count += 1
        with open(f"{folder}/{Handler.count}.eml", "wb") as file:
            file.write(envelope.original_content)
        with open(f"{folder}/{Handler.count}.json", "w") as file:
            json.dump({
                "helo": session.host_name, "from": envelope.mail_from, "to": envelope.rcpt_tos,
                "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
                "user": session.auth_data.login.decode() if session.auth_data else None,
            }, file)
        if options.get("silent"):
            server.transport.abort()
        return "250 2.0.0 Ok: queued as 1A2B"


class Server(SMTP):
    async def smtp_DATA(self, arg):
        if options.get("drop") == "before":
            self.transport.abort()
            return
        if options.get("drop") == "within":
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.readline()
            self.transport.abort()
            return
        await super().smtp_DATA(arg)

    async def smtp_RCPT(self, arg):
        if "untouched" in options:
            await asyncio.sleep(options["untouched"])
        await super().smtp_RCPT(arg)

    async def _handle_client(self):
        if "greeting" in options:
            await self.push(options["greeting"])
            self.transport.close()
            return
        await super()._handle_client()


def authenticate(server, session, envelope, mechanism, data):
    ok = data == LoginPassword(options["user"].encode(), options["password"].encode())
    return AuthResult(success=ok, handled=False, auth_data=data)


def make():
    context = None
    if "certificate" in options:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options["certificate"], options["key"])
    smtps = options.get("smtps", False)
    settings = {"hostname": "server.example", "data_size_limit": options.get("limit", 33554432)}
    if context and not smtps:
        settings |= {"tls_context": context, "require_starttls": True}
    if "user" in options:
        settings |= {
            "authenticator": authenticate, "auth_required": True, "auth_require_tls": not smtps,
            "auth_exclude_mechanism": options.get("without", []),
        }
    return (lambda: Server(Handler(), **settings)), context if smtps else None


async def main():
    loop = asyncio.get_running_loop()
    factory, context = make()
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(main())
