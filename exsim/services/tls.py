"""TLS around plain connections: version 1.2 or later, and certificates from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet import ssl
from twisted.internet.interfaces import IProtocolFactory
from twisted.protocols.tls import TLSMemoryBIOFactory

from exsim.config.listen import host_of
from exsim.errors import ConfigError, Problem
from exsim.model.settings import EndpointSettings, GatewaySettings, RestSettings, SessionSettings

_OLDEST = ssl.TLSVersion.TLSv1_2
_BEGIN = "-----BEGIN CERTIFICATE-----"
_END = "-----END CERTIFICATE-----"


def serve(
    section: str,
    settings: EndpointSettings | GatewaySettings | RestSettings,
    factory: IProtocolFactory,
    reactor: Any,
) -> IProtocolFactory:
    """
    The factory, with TLS around its protocols where the settings have a certificate.

    :raises exsim.errors.ConfigError: when the files are not what they should be.
    """
    if not settings.tls_certificate:
        return factory
    try:
        own = _own(settings.tls_certificate, settings.tls_key)
        trusted = _authorities(settings.tls_client_ca) if settings.tls_client_ca else None
        options = ssl.CertificateOptions(**own, trustRoot=trusted, raiseMinimumTo=_OLDEST)
        options.getContext()  # a key that does not fit is found here
    except (OSError, ValueError, SSL.Error) as error:
        raise ConfigError([Problem(f"[{section}] TLS: {reason(error)}")]) from None
    return TLSMemoryBIOFactory(options, False, factory, reactor)


def call(settings: SessionSettings, factory: IProtocolFactory, reactor: Any) -> IProtocolFactory:
    """
    The factory, with TLS around its protocols where a session that connects asks for it.

    :raises exsim.errors.ConfigError: when the files are not what they should be.
    """
    ours = settings.tls_certificate
    if not (settings.tls_ca or ours or settings.tls_host):
        return factory
    try:
        options = ssl.optionsForClientTLS(
            settings.tls_host or host_of(settings.connect),
            _authorities(settings.tls_ca) if settings.tls_ca else ssl.platformTrust(),
            extraCertificateOptions={
                **(_own(ours, settings.tls_key) if ours else {}),
                "raiseMinimumTo": _OLDEST,
            },
        )
    except (OSError, ValueError, SSL.Error) as error:
        raise ConfigError([Problem(f"[session:{settings.name}] TLS: {reason(error)}")]) from None
    return TLSMemoryBIOFactory(options, True, factory, reactor)


def reason(error: BaseException | None) -> str:
    """What went wrong, for people: OpenSSL's own text is a list of triples."""
    if isinstance(error, SSL.Error) and error.args and isinstance(error.args[0], list):
        texts = [triple[-1] for triple in error.args[0]]
        return f"TLS: {'; '.join(texts) or 'it failed'}"
    return str(error) or type(error).__name__


def _own(certificate: str, key: str) -> dict[str, Any]:
    """Our certificate, its key, and those that lead up to the CA."""
    chain = [one.original for one in _certificates(certificate)]
    pair = ssl.KeyPair.load(Path(key or certificate).read_bytes(), crypto.FILETYPE_PEM)
    return {"privateKey": pair.original, "certificate": chain[0], "extraCertChain": chain[1:]}


def _authorities(file: str) -> Any:
    return ssl.trustRootFromCertificates(_certificates(file))


def _certificates(file: str) -> list[ssl.Certificate]:
    """All certificates of a file, in its order."""
    found = []
    for piece in Path(file).read_text("latin-1").split(_BEGIN)[1:]:
        text = f"{_BEGIN}{piece.partition(_END)[0]}{_END}\n"
        found.append(ssl.Certificate.loadPEM(text.encode("latin-1")))
    if not found:
        raise ValueError(f"{file} has no certificate in PEM format")
    return found
