//! TLS settings: whom to trust, and how much of a certificate to look at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

use super::code::{Code, Failure};
use crate::regular_file;

/// Far more than any bundle of authorities.
const FILE_LIMIT: usize = 8 << 20;

/// How much of the server's certificate is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verify {
    /// Nothing: the connection is encrypted, to whomever.
    Nothing,
    /// That an authority we trust signed it (`verify-ca`).
    Chain,
    /// That, and that it is this host's.
    Full,
}

/// What a TLS connection needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) verify: Verify,
    /// A PEM file of authorities.
    pub(super) ca_file: Option<PathBuf>,
    /// Trust the public authorities (Mozilla's list, as Node does) beside those of the file.
    pub(super) public_roots: bool,
    /// PEM files of a client certificate and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

impl Settings {
    /// Reads the files. They are read for each new connection, so a renewed certificate counts, and
    /// on a thread that may wait, since a disk may be slow.
    pub(super) async fn load(&self) -> Result<ClientConfig, Failure> {
        if self.ca_file.is_none() && self.identity.is_none() {
            return self.read();
        }
        let settings = self.clone();
        tokio::task::spawn_blocking(move || settings.read())
            .await
            .unwrap_or_else(|_| Err(Failure::new(Code::Error, "the reading came apart")))
    }

    /// The same without files, for a connection that has no use for them.
    pub(super) fn without_files() -> Result<ClientConfig, Failure> {
        Self {
            verify: Verify::Full,
            ca_file: None,
            public_roots: true,
            identity: None,
        }
        .read()
    }

    fn read(&self) -> Result<ClientConfig, Failure> {
        let provider = Arc::new(ring::default_provider());
        let verifier = self.verifier(&provider)?;
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| unusable("no protocol version"))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        match &self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((certificate, key)) => builder
                .with_client_auth_cert(certificates(certificate)?, private_key(key)?)
                .map_err(|_| unusable("the client certificate and its key do not fit")),
        }
    }

    fn verifier(
        &self,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ServerCertVerifier>, Failure> {
        if self.verify == Verify::Nothing {
            return Ok(Arc::new(Lenient {
                provider: Arc::clone(provider),
                chain: None,
            }));
        }
        let mut roots = RootCertStore::empty();
        if self.public_roots {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        if let Some(file) = &self.ca_file {
            // One odd certificate in a company's bundle is no reason to refuse the rest.
            let (added, _) = roots.add_parsable_certificates(certificates(file)?);
            if added == 0 {
                return Err(unusable(
                    "the CA file holds no certificate that can be used",
                ));
            }
        }
        let chain =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                .build()
                .map_err(|_| unusable("the CA file holds no certificate"))?;
        Ok(match self.verify {
            Verify::Full => chain,
            _ => Arc::new(Lenient {
                provider: Arc::clone(provider),
                chain: Some(chain),
            }),
        })
    }
}

fn unusable(cause: &'static str) -> Failure {
    Failure::new(Code::InvalidConfig, cause)
}

fn pem(file: &Path) -> Result<Vec<u8>, Failure> {
    regular_file::read(file, FILE_LIMIT)
        .ok()
        .filter(|pem| pem.len() <= FILE_LIMIT)
        .ok_or_else(|| unusable("a certificate or key file cannot be read"))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem = pem(file)?;
    CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| unusable("a certificate file holds no certificate in PEM"))
}

fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, Failure> {
    let pem = pem(file)?;
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| unusable("the key file holds no private key"))
}

/// Checks less than the whole certificate, because the URL asks for less.
#[derive(Debug)]
struct Lenient {
    provider: Arc<CryptoProvider>,
    /// `None` checks nothing at all.
    chain: Option<Arc<WebPkiServerVerifier>>,
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is judged after the chain, so the chain is good.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
