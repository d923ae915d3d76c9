"""The keys of whatever listens and may speak TLS."""

from __future__ import annotations

from typing import Final

from exsim.model.options import Option, path

SERVER_TLS: Final = (
    Option(
        "tls_certificate",
        path,
        "",
        "A file in PEM format with our certificate, and after it those that lead up to the CA that"
        " clients trust. It makes the connections TLS, 1.2 or later; empty for plain ones.",
    ),
    Option(
        "tls_key",
        path,
        "",
        "A file in PEM format with the private key of tls_certificate, without a password; empty if"
        " that file has it, too.",
    ),
    Option(
        "tls_client_ca",
        path,
        "",
        "A file in PEM format with the certificates of CAs: a client then has to have a certificate"
        " from one of them. Empty: none is asked for.",
    ),
)
