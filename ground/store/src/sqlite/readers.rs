//! Reading connections, lent to whoever reads and taken back.

use std::path::PathBuf;
use std::sync::Arc;

use kernel::Result;
use parking_lot::Mutex;

use super::Connection;

/// Connections that are kept open while nobody reads.
const IDLE_MAX: usize = 8;

pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Arc<Mutex<Connection>>>>,
}

impl Readers {
    pub fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    pub fn lend(&self) -> Result<Arc<Mutex<Connection>>> {
        if let Some(connection) = self.idle.lock().pop() {
            return Ok(connection);
        }
        Ok(Arc::new(Mutex::new(Connection::open_for_reading(&self.path)?)))
    }

    pub fn take_back(&self, connection: Arc<Mutex<Connection>>) {
        let mut idle = self.idle.lock();
        if idle.len() < IDLE_MAX {
            idle.push(connection);
        }
    }
}
