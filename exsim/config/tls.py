"""
Certificates and keys of TLS: what is plainly wrong with their files.

It is found while the configuration is read, with the library that Python has; nothing is kept.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, Final

from exsim.config.ini import Section
from exsim.config.listen import brings_tls, host_of, kind_of
from exsim.config.reading import Reading

_SERVER_KEYS: Final = ("tls_certificate", "tls_key", "tls_client_ca")
_CLIENT_KEYS: Final = ("tls_ca", "tls_certificate", "tls_key", "tls_host")


def check_server(reading: Reading, section: Section, values: Mapping[str, Any]) -> None:
    """Note what is wrong with the TLS of a section that has ``listen``."""
    given = [key for key in _SERVER_KEYS if values[key]]
    if not given:
        return
    listen = values["listen"]
    if listen == "none":
        _problem(reading, section, given[0], "is of no use where listen = none")
    elif listen is not None and brings_tls(listen):
        _problem(reading, section, given[0], f"{listen!r} has TLS of its own: listen at tcp:...")
    if not values["tls_certificate"]:
        _problem(reading, section, given[0], "is of no use without tls_certificate")
    _check_files(reading, section, values, "tls_client_ca")


def check_client(reading: Reading, section: Section, values: Mapping[str, Any]) -> None:
    """Note what is wrong with the TLS of a section that has ``connect``."""
    given = [key for key in _CLIENT_KEYS if values[key]]
    if not given:
        return
    connect = values["connect"]
    if not connect:
        _problem(reading, section, given[0], "is of no use without connect")
    elif kind_of(connect) == "udp":
        what = f"is of no use with {connect!r}: there is no TLS over UDP, only over tcp:..."
        _problem(reading, section, given[0], what)
    elif brings_tls(connect):
        _problem(reading, section, given[0], f"{connect!r} has TLS of its own: connect to tcp:...")
    elif not values["tls_host"] and not host_of(connect):
        what = f"{connect!r} has no host: tls_host has to say whose certificate is right"
        _problem(reading, section, "connect", what)
    if values["tls_key"] and not values["tls_certificate"]:
        _problem(reading, section, "tls_key", "is of no use without tls_certificate")
    _check_files(reading, section, values, "tls_ca")


def _problem(reading: Reading, section: Section, key: str, what: str) -> None:
    reading.problem(section.entries[key].place, f"{section} {key}: {what}")


def _check_files(
    reading: Reading, section: Section, values: Mapping[str, Any], ca_key: str
) -> None:
    """Note a file that cannot be read, is not what it should be, or does not fit another."""
    before = len(reading.problems)
    for key in (ca_key, "tls_certificate", "tls_key"):
        if values[key]:
            reading.check_file(section, key, values[key])
    if len(reading.problems) > before:
        return
    for key in (ca_key, "tls_certificate"):
        if values[key] and not has_certificate(values[key]):
            _problem(reading, section, key, f"{values[key]} has no certificate in PEM format")
            return
    certificate, key_file = values["tls_certificate"], values["tls_key"]
    why = key_fault(certificate, key_file or certificate) if certificate else ""
    if why:
        key = "tls_key" if key_file else "tls_certificate"
        _problem(reading, section, key, f"{key_file or certificate} {why}")


def has_certificate(file: str) -> bool:
    """Whether a file holds certificates in PEM format."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(file)
    except ssl.SSLError:
        return False
    return True


def key_fault(certificate: str, key: str) -> str:
    """What is wrong with the file of a certificate's private key; empty: nothing."""
    locked = False

    def password() -> str:
        nonlocal locked
        locked = True
        return ""

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return "is not the key of the certificate"
        if locked:
            return "has a password: give a key without one"
        return "has no private key in PEM format"
    return ""
