"""A server that cannot prove who it is learns no secret."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer

import httpx
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import ApiClient, RetryPolicy
from tests.playing import Handler, Play, good


def self_signed(folder):
    """Write a key and a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    proof = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    path = folder / "server.pem"
    path.write_bytes(proof + key.private_bytes(serialization.Encoding.PEM, form, plain))
    return path


@pytest.fixture
def impostor(tmp_path):
    """A server on https that anybody could have set up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.play = Play([good({})])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "Https"])
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_certificate_is_checked_however_the_scheme_is_spelled(impostor, scheme, library):
    url = f"{scheme}://localhost:{impostor.server_port}/api"
    retry = RetryPolicy(tries=1)
    with (
        ApiClient(url, adapter="mine", auth=("key", ""), http=library, retry=retry) as api,
        pytest.raises(PlatformError, match="could not be reached"),
    ):
        api.get("orders")

    assert [] == impostor.play.seen
