//! The demo's devices: a receipt printer with a cash drawer, and a scanner. They are emulated, and the till cannot tell.

use anyhow::Context;
use evertill_hal::emulator::{EmulatedPrinter, EmulatedScanner, Faults};
use evertill_hal::escpos::Profile;
use evertill_hal::render::Paper;
use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Folder of the pictures, in the repository's root.
const PICTURES: &str = "demo-receipts";

/// What stands on the counter.
pub struct Devices {
    printer: EmulatedPrinter,
    scanner: RefCell<EmulatedScanner>,
    /// Where the scanner's line has its name.
    _folder: TempDir,
}

impl Devices {
    /// Switches them on.
    pub fn start() -> anyhow::Result<Devices> {
        let folder = tempfile::Builder::new().prefix("evertill-devices-").tempdir()?;
        let printer = EmulatedPrinter::start((Ipv4Addr::LOCALHOST, 0).into(), &Profile::MM_80)
            .context("the emulated printer cannot listen on loopback")?;
        let scanner = EmulatedScanner::plugged_in(folder.path().join("scanner"))
            .context("the emulated scanner needs a pseudo-terminal: is /dev/pts mounted?")?;
        Ok(Devices { printer, scanner: RefCell::new(scanner), _folder: folder })
    }

    /// Where the printer listens.
    pub fn printer(&self) -> SocketAddr {
        self.printer.address()
    }

    /// The scanner's serial line.
    pub fn scanner(&self) -> PathBuf {
        self.scanner.borrow().path().to_owned()
    }

    /// What is wrong with the printer.
    pub fn faults(&self) -> Faults {
        self.printer.faults()
    }

    /// Breaks or mends the printer.
    pub fn set_faults(&self, faults: Faults) {
        self.printer.set_faults(faults);
    }

    /// The receipts that came out since they were last taken.
    pub fn take_receipts(&self) -> Vec<Paper> {
        self.printer.take_sheets()
    }

    /// Lets the scanner read `code`.
    pub fn scan(&self, code: &str) -> anyhow::Result<()> {
        self.scanner.borrow_mut().scan(code).context("the emulated scanner cannot send")
    }

    /// How many receipts came out.
    pub fn receipts(&self) -> usize {
        self.printer.printed() as usize
    }

    /// How often the drawer was kicked.
    pub fn kicks(&self) -> usize {
        self.printer.pulses().len()
    }

    /// Leaves every receipt in `root` as a picture and as text; the folder.
    pub fn save_receipts(&self, root: &Path) -> anyhow::Result<PathBuf> {
        let folder = root.join(PICTURES);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("{} cannot be emptied", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        for (index, sheet) in self.printer.take_sheets().iter().enumerate() {
            let name = format!("receipt-{:02}", index + 1);
            std::fs::write(folder.join(format!("{name}.png")), sheet.png()?)?;
            std::fs::write(folder.join(format!("{name}.txt")), sheet.text())?;
        }
        Ok(folder)
    }
}
