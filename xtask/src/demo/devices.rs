//! The demo's devices: a receipt printer with a cash drawer, a scanner, a scale and a customer display. They are emulated,
//! and the till cannot tell.

use anyhow::Context;
use evertill_hal::emulator::{EmulatedDisplay, EmulatedPrinter, EmulatedScale, EmulatedScanner, Faults, ScaleFaults};
use evertill_hal::escpos::Profile;
use evertill_hal::render::Paper;
use evertill_hal::scale::Dialect;
use evertill_hal::{Weighing, WeightUnit};
use std::cell::{Cell, RefCell};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Folder of the pictures, in the repository's root.
const PICTURES: &str = "demo-receipts";

/// What stands on the counter.
pub struct Devices {
    printer: EmulatedPrinter,
    scanner: RefCell<EmulatedScanner>,
    is_scanner_plugged_in: Cell<bool>,
    scale: EmulatedScale,
    display: EmulatedDisplay,
    /// Where the lines have their names.
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
        let dialect = Dialect::Toledo8217 { unit: WeightUnit::Kilogram, implied_decimals: 3 };
        let scale = EmulatedScale::plugged_in(folder.path().join("scale"), dialect)?;
        let display = EmulatedDisplay::plugged_in(folder.path().join("display"))?;
        let (scanner, is_scanner_plugged_in) = (RefCell::new(scanner), Cell::new(true));
        Ok(Devices { printer, scanner, is_scanner_plugged_in, scale, display, _folder: folder })
    }

    /// The devices as `till.toml` names them.
    pub fn till_toml(&self) -> String {
        format!(
            "[printer]\nkind = \"tcp\"\naddress = \"{}\"\n\n\
             [drawer]\nkind = \"printer\"\nsensor = \"high-is-open\"\n\n\
             [scanner]\nkind = \"serial\"\npath = \"{}\"\n\n\
             [scale]\nkind = \"serial\"\npath = \"{}\"\ndialect = \"toledo-8217\"\n\n\
             [display]\nkind = \"serial\"\npath = \"{}\"\n",
            self.printer.address(),
            self.scanner.borrow().path().display(),
            self.scale.path().display(),
            self.display.path().display()
        )
    }

    /// Tears off what hangs out of the printer.
    pub fn tear_paper_off(&self) {
        self.printer.tear_off();
    }

    /// Whether the drawer is open.
    pub fn is_drawer_open(&self) -> bool {
        self.printer.drawer_is_open()
    }

    /// Shuts the drawer.
    pub fn shut_drawer(&self) {
        self.printer.shut_drawer();
    }

    /// Whether the scanner's cable is plugged in.
    pub fn is_scanner_plugged_in(&self) -> bool {
        self.is_scanner_plugged_in.get()
    }

    /// Pulls the scanner's cable, or plugs it in.
    pub fn pull_or_plug_scanner(&self) -> anyhow::Result<()> {
        let plugs_in = !self.is_scanner_plugged_in.get();
        match plugs_in {
            true => self.scanner.borrow_mut().plug_in()?,
            false => self.scanner.borrow_mut().unplug(),
        }
        self.is_scanner_plugged_in.set(plugs_in);
        Ok(())
    }

    /// Puts something on the scale.
    pub fn put_on_scale(&self, weighing: Weighing) {
        self.scale.put(weighing);
    }

    /// Breaks or mends the scale.
    pub fn set_scale_faults(&self, faults: ScaleFaults) {
        self.scale.set_faults(faults);
    }

    /// What the customer's display shows.
    pub fn display(&self) -> [String; 2] {
        self.display.lines()
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

    /// Lets the scanner read `code`, if it is plugged in.
    pub fn scan(&self, code: &str) -> anyhow::Result<()> {
        if !self.is_scanner_plugged_in.get() {
            return Ok(());
        }
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
