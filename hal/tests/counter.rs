//! Scales and customer displays: the one suite over mocks and over the real drivers at pseudo-terminals.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

use evertill_hal::conformance::{self, DisplayRig, ScaleFault, ScaleRig};
use evertill_hal::display::{DisplayLanguage, SerialDisplay};
use evertill_hal::emulator::{EmulatedDisplay, EmulatedScale, ScaleFaults};
use evertill_hal::escpos::code_page::{CP437, CP858, CodePage};
use evertill_hal::line::LineSettings;
use evertill_hal::mock::{MockDisplay, MockScale};
use evertill_hal::scale::{Dialect, SerialScale};
use evertill_hal::{CustomerDisplay, FailureKind, Outcome, Scale, Weighing, WeightUnit};
use std::time::Duration;

const ENOUGH: Duration = Duration::from_secs(5);
const SHORT: Duration = Duration::from_millis(400);
const TOLEDO: Dialect = Dialect::Toledo8217 { unit: WeightUnit::Kilogram, implied_decimals: 3 };
const DIALOG_06: Dialect = Dialect::Dialog06 { price_per_kilogram: 1_000 };
const HALF_A_KILOGRAM: Weighing = Weighing::Stable { thousandths: 500, unit: WeightUnit::Kilogram };

struct MockScaleRig(MockScale, MockScale, Weighing);

impl ScaleRig for MockScaleRig {
    fn scale(&mut self) -> &mut dyn Scale {
        &mut self.0
    }
    fn put(&mut self, load: Weighing) {
        self.2 = load;
        self.1.set(Ok(load));
    }
    fn set(&mut self, fault: ScaleFault) {
        self.1.set(match fault {
            ScaleFault::None => Ok(self.2),
            ScaleFault::Unplugged => Err(FailureKind::Offline),
            ScaleFault::Mute => Err(FailureKind::NoAnswer),
            ScaleFault::Garbage | ScaleFault::HalfAnswers | ScaleFault::Flood => Err(FailureKind::Device),
        });
    }
}

/// The real driver at a pseudo-terminal.
struct SerialScaleRig {
    scale: SerialScale,
    device: EmulatedScale,
    jitter_seed: Option<u64>,
    _folder: tempfile::TempDir,
}

impl SerialScaleRig {
    fn new(dialect: Dialect) -> SerialScaleRig {
        let folder = tempfile::tempdir().unwrap();
        let device = EmulatedScale::plugged_in(folder.path().join("scale"), dialect).unwrap();
        let scale = SerialScale::new(device.path(), dialect, dialect.settings());
        SerialScaleRig { scale, device, jitter_seed: None, _folder: folder }
    }
}

impl ScaleRig for SerialScaleRig {
    fn scale(&mut self) -> &mut dyn Scale {
        &mut self.scale
    }
    fn put(&mut self, load: Weighing) {
        self.device.put(load);
    }
    fn set(&mut self, fault: ScaleFault) {
        if fault == ScaleFault::Unplugged {
            return self.device.unplug();
        }
        if !self.device.path().exists() {
            self.device.plug_in().unwrap();
        }
        self.device.set_faults(ScaleFaults {
            mute: fault == ScaleFault::Mute,
            garbage: fault == ScaleFault::Garbage,
            half_answers: fault == ScaleFault::HalfAnswers,
            flood: fault == ScaleFault::Flood,
            jitter_seed: self.jitter_seed,
            ..ScaleFaults::default()
        });
    }
}

struct MockDisplayRig(MockDisplay, MockDisplay);

impl DisplayRig for MockDisplayRig {
    fn display(&mut self) -> &mut dyn CustomerDisplay {
        &mut self.0
    }
    fn set_unplugged(&mut self, unplugged: bool) {
        self.1.set_unplugged(unplugged);
    }
    fn lines(&mut self) -> [String; 2] {
        self.1.lines()
    }
}

/// The real driver at a pseudo-terminal.
struct SerialDisplayRig {
    display: SerialDisplay,
    device: EmulatedDisplay,
    _folder: tempfile::TempDir,
}

impl SerialDisplayRig {
    fn new(language: DisplayLanguage, page: CodePage) -> SerialDisplayRig {
        let folder = tempfile::tempdir().unwrap();
        let device = EmulatedDisplay::plugged_in(folder.path().join("display")).unwrap();
        let settings = LineSettings::plain(9_600);
        let display = SerialDisplay::new(device.path(), language, page, settings);
        SerialDisplayRig { display, device, _folder: folder }
    }
}

impl DisplayRig for SerialDisplayRig {
    fn display(&mut self) -> &mut dyn CustomerDisplay {
        &mut self.display
    }
    fn set_unplugged(&mut self, unplugged: bool) {
        if unplugged { self.device.unplug() } else { self.device.plug_in().unwrap() }
    }
    fn lines(&mut self) -> [String; 2] {
        self.device.lines()
    }
}

#[test]
fn mocks_conform() {
    let scale = MockScale::new();
    conformance::scale(&mut MockScaleRig(scale.clone(), scale, Weighing::Empty));
    let display = MockDisplay::new();
    conformance::display(&mut MockDisplayRig(display.clone(), display));
}

#[test]
fn the_toledo_8217_conforms() {
    conformance::scale(&mut SerialScaleRig::new(TOLEDO));
}

#[test]
fn the_dialog_06_scale_conforms() {
    conformance::scale(&mut SerialScaleRig::new(DIALOG_06));
}

#[test]
fn the_continuous_scale_conforms() {
    conformance::scale(&mut SerialScaleRig::new(Dialect::Continuous));
}

#[test]
fn answers_that_come_byte_by_byte_are_put_together() {
    for dialect in [TOLEDO, DIALOG_06, Dialect::Continuous] {
        for seed in 1..=5 {
            let mut rig = SerialScaleRig::new(dialect);
            rig.jitter_seed = Some(seed);
            rig.set(ScaleFault::None);
            rig.put(HALF_A_KILOGRAM);
            assert_eq!(rig.scale.weigh(ENOUGH), Ok(HALF_A_KILOGRAM), "{dialect:?}, seed {seed}");
        }
    }
}

#[test]
fn a_scale_that_comes_to_rest_is_asked_again() {
    for dialect in [TOLEDO, DIALOG_06] {
        let mut rig = SerialScaleRig::new(dialect);
        rig.put(HALF_A_KILOGRAM);
        rig.device.set_faults(ScaleFaults { moving_requests: 2, slow_ms: 20, ..ScaleFaults::default() });
        let answers: Vec<_> = (0..3).map(|_| rig.scale.weigh(ENOUGH).unwrap()).collect();
        assert_eq!(answers, [Weighing::Moving, Weighing::Moving, HALF_A_KILOGRAM], "{dialect:?}");
    }
}

#[test]
fn a_dialog_06_scale_that_wants_a_checksum_is_refused_with_the_remedy() {
    let mut rig = SerialScaleRig::new(DIALOG_06);
    rig.device.set_faults(ScaleFaults { wants_checksum: true, ..ScaleFaults::default() });
    let failure = rig.scale.weigh(ENOUGH).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unsupported);
    assert!(failure.detail.contains("checksum"), "{failure}");
}

#[test]
fn an_escpos_display_conforms() {
    conformance::display(&mut SerialDisplayRig::new(DisplayLanguage::EscPos, CP858));
}

#[test]
fn a_cd5220_display_conforms() {
    conformance::display(&mut SerialDisplayRig::new(DisplayLanguage::Cd5220, CP437));
}

#[test]
fn a_display_is_told_only_what_changed() {
    let mut rig = SerialDisplayRig::new(DisplayLanguage::EscPos, CP858);
    conformance::display(&mut rig);
    let before = rig.device.bytes_received();
    for _ in 0..20 {
        // As the suite left it.
        assert_eq!(rig.display.show("12345678901234567890", "back", ENOUGH), Outcome::Done);
    }
    assert_eq!(rig.device.bytes_received(), before);
}

#[test]
fn a_display_that_takes_nothing_ends_by_its_deadline() {
    let mut rig = SerialDisplayRig::new(DisplayLanguage::EscPos, CP858);
    rig.device.set_stuck(true);
    // The line holds some kilobytes.
    let outcome =
        (0..1_000).map(|number| rig.display.show(&number.to_string(), "", SHORT)).find(|o| *o != Outcome::Done);
    assert!(outcome.is_some());
    rig.device.set_stuck(false);
    assert_eq!(rig.display.show("mended", "", ENOUGH), Outcome::Done);
}
