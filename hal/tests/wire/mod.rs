//! The real drivers of printer and drawer, and an emulated printer at the other end of a wire.

use evertill_hal::conformance::{DrawerRig, Fault, PrinterRig};
use evertill_hal::drawer::DrawerSense;
use evertill_hal::emulator::{EmulatedPrinter, Faults};
use evertill_hal::escpos::{DrawerPin, EscPosPrinter, PrinterDrawer, PrinterLink, Profile};
use evertill_hal::line::LineSettings;
use evertill_hal::transport::{DeviceFile, Serial, Tcp};
use evertill_hal::{CashDrawer, ReceiptPrinter};
use tempfile::TempDir;

/// The real drivers, and an emulated printer at the other end of a wire.
pub struct WireRig {
    pub printer: EscPosPrinter,
    pub drawer: PrinterDrawer,
    pub device: EmulatedPrinter,
    sense: DrawerSense,
    pulses_seen: usize,
}

impl WireRig {
    fn new(link: PrinterLink, device: EmulatedPrinter, profile: Profile, sense: DrawerSense) -> WireRig {
        let printer = EscPosPrinter::new(link.clone(), profile);
        let drawer = PrinterDrawer::new(link, profile, DrawerPin::Two, sense);
        WireRig { printer, drawer, device, sense, pulses_seen: 0 }
    }

    /// Over TCP.
    pub fn tcp(profile: Profile, sense: DrawerSense) -> WireRig {
        let device = EmulatedPrinter::start("127.0.0.1:0".parse().unwrap(), &profile).unwrap();
        WireRig::new(PrinterLink::new(Tcp::new(device.address())), device, profile, sense)
    }

    /// Over a serial line in `folder`.
    pub fn serial(folder: &TempDir, profile: Profile, sense: DrawerSense) -> WireRig {
        let path = folder.path().join("printer");
        let device = EmulatedPrinter::plugged_in(&path, &profile).unwrap();
        WireRig::new(PrinterLink::new(Serial::new(path, LineSettings::plain(115_200))), device, profile, sense)
    }

    /// Over a device file in `folder`: a pseudo-terminal is one that is written to and read back.
    pub fn device_file(folder: &TempDir, profile: Profile, sense: DrawerSense) -> WireRig {
        let path = folder.path().join("printer");
        let device = EmulatedPrinter::plugged_in(&path, &profile).unwrap();
        WireRig::new(PrinterLink::new(DeviceFile::new(path)), device, profile, sense)
    }

    fn break_or_mend(&mut self, fault: Fault) {
        self.device.set_faults(Faults {
            unplugged: fault == Fault::Unplugged,
            paper_out: fault == Fault::PaperOut,
            cover_open: fault == Fault::CoverOpen,
            cutter_stuck: fault == Fault::CutterStuck,
            drawer_stuck: fault == Fault::DrawerStuck,
            // Behind the questions for its status, in the middle of the job.
            disconnect_after_bytes: (fault == Fault::ConfirmationLost).then_some(100),
            paper_out_after_bytes: (fault == Fault::PaperOutMidway).then_some(200),
            cover_open_after_bytes: (fault == Fault::CoverOpenMidway).then_some(200),
            ..Faults::default()
        });
    }
}

impl PrinterRig for WireRig {
    fn printer(&mut self) -> &mut dyn ReceiptPrinter {
        &mut self.printer
    }
    fn set(&mut self, fault: Fault) {
        self.break_or_mend(fault);
    }
    fn take_paper(&mut self) -> Vec<String> {
        self.device.tear_off();
        self.device.take_sheets().iter().map(|sheet| sheet.text().to_owned()).collect()
    }
}

impl DrawerRig for WireRig {
    fn drawer(&mut self) -> &mut dyn CashDrawer {
        &mut self.drawer
    }
    fn has_sensor(&self) -> bool {
        self.sense != DrawerSense::None
    }
    fn set(&mut self, fault: Fault) {
        self.break_or_mend(fault);
    }
    fn shut(&mut self) {
        self.device.shut_drawer();
    }
    fn take_pulses(&mut self) -> usize {
        let pulses = self.device.pulses().len();
        pulses - std::mem::replace(&mut self.pulses_seen, pulses)
    }
}
