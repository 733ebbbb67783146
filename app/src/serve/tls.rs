//! TLS by rustls, with certificate files that may be replaced while the server runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, bail};
use parking_lot::Mutex;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// How often the files are looked at, at most.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Names the one cryptography provider of this process; to be called before anything else.
pub fn install_provider() {
    // A second call finds the first one's choice, which is the same.
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}

/// A certificate and its key, read again when their files change.
pub struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    current: Mutex<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    changed: Changed,
    looked: Instant,
}

type Changed = [Option<SystemTime>; 2];

impl Certificate {
    /// Reads both files.
    ///
    /// # Errors
    /// When one cannot be read, or they do not fit together.
    pub fn open(chain: &Path, key: &Path) -> Result<Self> {
        let (changed, config) = (changed(chain, key), read(chain, key)?);
        let current = Mutex::new(Current { config, changed, looked: Instant::now() });
        Ok(Self { chain: chain.to_owned(), key: key.to_owned(), current })
    }

    /// What the next connection is accepted with.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        let mut current = self.current.lock();
        if current.looked.elapsed() >= LOOK_INTERVAL {
            current.looked = Instant::now();
            self.look_again(&mut current);
        }
        TlsAcceptor::from(current.config.clone())
    }

    /// Takes new files once they fit together; half-written ones are left for the next look.
    fn look_again(&self, current: &mut Current) {
        let changed = changed(&self.chain, &self.key);
        if changed == current.changed {
            return;
        }
        match read(&self.chain, &self.key) {
            Ok(config) => {
                *current = Current { config, changed, looked: current.looked };
                tracing::info!("the certificate was read again");
            }
            Err(error) => tracing::warn!(%error, "the new certificate is not taken; the old one stays"),
        }
    }
}

fn changed(chain: &Path, key: &Path) -> Changed {
    [chain, key].map(|path| fs::metadata(path).and_then(|meta| meta.modified()).ok())
}

fn read(chain: &Path, key: &Path) -> Result<Arc<ServerConfig>> {
    let certificates = CertificateDer::pem_file_iter(chain)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("the certificate {} cannot be read", chain.display()))?;
    if certificates.is_empty() {
        bail!("there is no certificate in {}", chain.display());
    }
    let key_der = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("the private key {} cannot be read", key.display()))?;
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key_der);
    let mut config = config.context("the certificate and the private key do not fit together")?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
