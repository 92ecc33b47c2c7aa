//! Printers that misbehave, over TCP and over a serial line: whatever they do, the outcome is true, nothing is printed
//! twice, and the next receipt comes out whole.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a failed test is a panic

#[path = "wire/mod.rs"]
mod wire;

use evertill_hal::conformance::{PrinterRig, never_lies};
use evertill_hal::deadline::Deadline;
use evertill_hal::drawer::DrawerSense;
use evertill_hal::emulator::Faults;
use evertill_hal::escpos::{Profile, command};
use evertill_hal::line::LineSettings;
use evertill_hal::transport::{Serial, Tcp, Transport};
use evertill_hal::{Align, CashDrawer, Document, Element, FailureKind, Outcome, ReceiptPrinter, Style};
use std::time::Duration;
use wire::WireRig;

/// For printers that can be printed on.
const ENOUGH: Duration = Duration::from_secs(10);
/// For those that cannot.
const SHORT: Duration = Duration::from_millis(400);

/// Puts every wire through `check`.
fn on_every_wire(profile: Profile, check: impl Fn(&mut WireRig, &str) + Sync) {
    std::thread::scope(|scope| {
        let folder = tempfile::tempdir().unwrap();
        scope.spawn(|| check(&mut WireRig::tcp(profile, DrawerSense::None), "TCP"));
        scope.spawn(|| {
            let folder = tempfile::tempdir().unwrap();
            check(&mut WireRig::device_file(&folder, profile, DrawerSense::None), "device file");
        });
        check(&mut WireRig::serial(&folder, profile, DrawerSense::None), "serial line");
    });
}

#[test]
fn noise_that_a_printer_may_make_stops_nothing() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        // An open drawer makes the answers differ, so that one which is taken for another shows.
        assert_eq!(rig.drawer.open(ENOUGH), Outcome::Done);
        for seed in 0..2 {
            for faults in [
                Faults { jitter_ms: 60, seed, ..Faults::default() },
                Faults { garbage: true, seed, ..Faults::default() },
                Faults { chatter: true, jitter_ms: 20, garbage: true, seed, ..Faults::default() },
                Faults { paper_near_end: true, chatter: true, slow_ms: 5, seed, ..Faults::default() },
                Faults { slow_ms: 30, jitter_ms: 300, seed, ..Faults::default() },
            ] {
                rig.device.set_faults(faults);
                let how = format!("{wire}: {faults:?}");
                assert_eq!(never_lies(rig, ENOUGH, &how), Outcome::Done, "{how}");
            }
        }
    });
}

#[test]
fn a_flood_ends() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        rig.device.set_faults(Faults { flood: true, ..Faults::default() });
        // Answers may be found in it, so the receipt may have gone out before it is too much.
        let outcome = never_lies(rig, ENOUGH, wire);
        assert!(outcome.to_string().contains("does not stop talking"), "{wire}: {outcome}");
    });
}

#[test]
fn silence_after_any_byte_of_an_answer_ends() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        // Four bytes of status, one that it has finished, three that it is clear, one that the receipt is printed.
        for bytes in 0..=9 {
            let mute = bytes == 0;
            rig.device.set_faults(Faults { mute, mute_after_bytes: Some(bytes), ..Faults::default() });
            let outcome = never_lies(rig, SHORT, &format!("{wire}: silent after {bytes} bytes"));
            assert!(bytes > 3 || matches!(outcome, Outcome::Failed(_)), "{wire}, {bytes}: {outcome}");
        }
    });
}

#[test]
fn answers_that_come_to_the_next_question_confirm_nothing() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        for _ in 0..3 {
            rig.device.set_faults(Faults { late: true, ..Faults::default() });
            let outcome = never_lies(rig, SHORT, wire);
            assert_ne!(outcome, Outcome::Done, "{wire}: the answer was another one's");
        }
    });
}

#[test]
fn a_cable_that_is_pulled_out_at_any_byte_is_told() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        for bytes in [1, 2, 5, 11, 14, 20, 26, 60, 300, 700, 1_000] {
            rig.device.set_faults(Faults { disconnect_after_bytes: Some(bytes), ..Faults::default() });
            let outcome = never_lies(rig, ENOUGH, &format!("{wire}: pulled out after {bytes} bytes"));
            assert_ne!(outcome, Outcome::Done, "{wire}, {bytes}");
        }
    });
}

#[test]
fn paper_that_ends_and_covers_that_open_at_any_byte_are_told_and_never_made_up_for() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        for bytes in (40..1_000).step_by(240) {
            for faults in [
                Faults { paper_out_after_bytes: Some(bytes), ..Faults::default() },
                Faults { cover_open_after_bytes: Some(bytes), chatter: true, ..Faults::default() },
            ] {
                rig.device.set_faults(faults);
                let how = format!("{wire}: {faults:?}");
                let outcome = never_lies(rig, ENOUGH, &how);
                assert!(matches!(outcome, Outcome::Unknown(_)), "{how}: {outcome}");
            }
        }
    });
}

#[test]
fn a_slow_printer_finishes_before_it_is_given_more() {
    slow_printer_finishes(true);
}

#[test]
fn a_slow_printer_that_cannot_clear_finishes_before_it_is_given_more() {
    slow_printer_finishes(false);
}

/// The answer to an earlier job's question comes while the next job waits for its own, and confirms nothing.
fn slow_printer_finishes(clears_buffer: bool) {
    on_every_wire(Profile { clears_buffer, ..Profile::MM_80 }, |rig, wire| {
        // The first receipt takes well over its deadline.
        rig.device.set_faults(Faults { slow_ms: 200, ..Faults::default() });
        let mut first = Document::new();
        first.text("FIRST", Style::NORMAL, Align::Left);
        for _ in 0..24 {
            first.push(Element::Rule);
        }
        first.push(Element::Cut);
        let outcome = rig.printer.print(&first, Duration::from_secs(2));
        assert!(matches!(outcome, Outcome::Unknown(_)), "{wire}: {outcome}");
        // The change is wanted meanwhile.
        assert_eq!(rig.drawer.open(ENOUGH), Outcome::Done, "{wire}");
        assert_eq!(rig.device.pulses().len(), 1, "{wire}: the drawer does not wait for the receipt");
        let mut second = Document::new();
        for _ in 0..8 {
            second.push(Element::Rule);
        }
        second.text("SECOND", Style::NORMAL, Align::Left).push(Element::Cut);
        assert_eq!(rig.printer.print(&second, ENOUGH), Outcome::Done, "{wire}");
        let text: String = rig.take_paper().concat();
        assert_eq!(text.lines().count(), 25 + 9, "{wire}: both are whole: {text}");
        assert_eq!((text.matches("FIRST").count(), text.matches("SECOND").count()), (1, 1), "{wire}: {text}");
    });
}

/// A till that crashed, or someone else's software, left half a picture in a printer whose line has no connections to end.
#[test]
fn what_someone_left_in_the_printer_swallows_nothing_of_the_first_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = WireRig::serial(&folder, Profile::MM_80, DrawerSense::None);
    let mut bytes = command::raster_head(72, 2_000).to_vec();
    bytes.extend([0; 100]);
    send(&mut Serial::new(folder.path().join("printer"), LineSettings::plain(115_200)), &bytes);
    assert_eq!(never_lies(&mut rig, ENOUGH, "half a picture"), Outcome::Done);
}

#[test]
fn automatic_status_that_someone_left_on_is_never_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = WireRig::serial(&folder, Profile::MM_80, DrawerSense::OpenIsHigh);
    send(&mut Serial::new(folder.path().join("printer"), LineSettings::plain(115_200)), &[0x1D, 0x61, 0xFF]);
    // Every opening of the drawer makes it talk.
    for _ in 0..3 {
        assert_eq!(rig.drawer.open(ENOUGH), Outcome::Done);
        assert_eq!(rig.drawer.is_open(ENOUGH), Ok(Some(true)));
        rig.device.shut_drawer();
        assert_eq!(never_lies(&mut rig, ENOUGH, "automatic status back"), Outcome::Done);
    }
    rig.device.set_faults(Faults { paper_out_after_bytes: Some(200), ..Faults::default() });
    let outcome = never_lies(&mut rig, ENOUGH, "automatic status back, and the paper ends");
    assert!(matches!(&outcome, Outcome::Unknown(why) if why.contains("the paper ran out")), "{outcome}");
}

#[test]
fn a_sense_that_is_set_the_wrong_way_round_is_unknown_and_not_failed() {
    let mut rig = WireRig::tcp(Profile::MM_80, DrawerSense::OpenIsLow);
    let outcome = rig.drawer.open(ENOUGH);
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome}");
    assert_eq!(rig.device.pulses().len(), 1);
}

/// Such a printer ignores pulses, so nothing is sent and nothing is claimed; without paper it kicks the drawer.
#[test]
fn a_printer_with_an_error_kicks_no_drawer_and_says_so() {
    on_every_wire(Profile::MM_80, |rig, wire| {
        for (faults, kind) in [
            (Faults { cutter_stuck: true, ..Faults::default() }, FailureKind::Cutter),
            (Faults { error: true, ..Faults::default() }, FailureKind::Device),
            (Faults { error: true, paper_out: true, ..Faults::default() }, FailureKind::PaperOut),
        ] {
            rig.device.set_faults(faults);
            let outcome = rig.drawer.open(ENOUGH);
            assert!(matches!(&outcome, Outcome::Failed(failure) if failure.kind == kind), "{wire}: {outcome}");
            rig.device.set_faults(Faults::default());
        }
        assert_eq!(rig.device.pulses().len(), 0, "{wire}");
        assert_eq!(rig.drawer.open(ENOUGH), Outcome::Done, "{wire}");
        assert_eq!(rig.device.pulses().len(), 1, "{wire}: nothing was kept");
    });
}

fn send(way: &mut dyn Transport, bytes: &[u8]) {
    let deadline = Deadline::after(ENOUGH);
    way.open(deadline).unwrap();
    way.write(bytes, deadline).unwrap();
    way.close();
}

/// A cashier who tears the paper in the middle of a receipt holds half of it; the other half follows.
#[test]
fn paper_is_torn_where_it_hangs() {
    let rig = WireRig::tcp(Profile::MM_80, DrawerSense::None);
    send(&mut Tcp::new(rig.device.address()), b"half\n");
    let mut torn = Vec::new();
    while torn.is_empty() {
        std::thread::sleep(Duration::from_millis(5));
        rig.device.tear_off();
        torn = rig.device.take_sheets();
    }
    assert_eq!((torn.len(), torn[0].text(), rig.device.printed()), (1, "half\n", 0));
}
