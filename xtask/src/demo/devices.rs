//! Stub under work.
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
pub struct Devices {
    pub printer: SocketAddr,
    pub scanner: PathBuf,
}
impl Devices {
    pub fn start() -> anyhow::Result<Devices> {
        Ok(Devices { printer: "127.0.0.1:9100".parse()?, scanner: PathBuf::new() })
    }
    pub fn scan(&self, _code: &str) -> anyhow::Result<()> {
        Ok(())
    }
    pub fn receipts(&self) -> usize {
        0
    }
    pub fn kicks(&self) -> usize {
        0
    }
    pub fn save_receipts(&self, root: &Path) -> anyhow::Result<PathBuf> {
        Ok(root.join("demo-receipts"))
    }
}
