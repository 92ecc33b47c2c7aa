//! Every promise of a scale.

use super::{ENOUGH, SHORT, bounded};
use crate::device::{FailureKind, Scale, Weighing, WeightUnit};

/// How a scale is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScaleFault {
    /// Not at all.
    None,
    /// It is not there.
    Unplugged,
    /// It says nothing.
    Mute,
    /// It says bytes of no protocol.
    Garbage,
    /// Its answers break off.
    HalfAnswers,
    /// It says more than any answer holds.
    Flood,
}

/// A scale to be tested.
pub trait ScaleRig {
    /// The device.
    fn scale(&mut self) -> &mut dyn Scale;
    /// Puts a load on it.
    fn put(&mut self, load: Weighing);
    /// Breaks or mends it.
    fn set(&mut self, fault: ScaleFault);
}

/// What every scale can weigh, in 1/1000 kg.
const LOADS: [u32; 6] = [1, 5, 450, 1_000, 9_999, 14_995];

/// Every promise of a scale.
pub fn scale(rig: &mut dyn ScaleRig) {
    for load in LOADS {
        weighs(rig, Weighing::Stable { thousandths: load, unit: WeightUnit::Kilogram });
    }
    for load in [Weighing::Moving, Weighing::Empty, Weighing::BelowZero, Weighing::TooHeavy] {
        weighs(rig, load);
    }
    for (load, (fault, kinds)) in LOADS.into_iter().zip([
        (ScaleFault::Unplugged, &[FailureKind::Offline][..]),
        (ScaleFault::Mute, &[FailureKind::NoAnswer]),
        (ScaleFault::Garbage, &[FailureKind::Device]),
        // Half of one byte is none.
        (ScaleFault::HalfAnswers, &[FailureKind::Device, FailureKind::NoAnswer]),
        (ScaleFault::Flood, &[FailureKind::Device]),
    ]) {
        rig.set(fault);
        let failure = bounded(|| rig.scale().weigh(SHORT)).expect_err("a broken scale weighs nothing");
        assert!(kinds.contains(&failure.kind), "{fault:?}: {failure}");
        rig.set(ScaleFault::None);
        weighs(rig, Weighing::Stable { thousandths: load, unit: WeightUnit::Kilogram });
    }
}

/// What was put on is what is weighed, at once: never what lay there before.
fn weighs(rig: &mut dyn ScaleRig, load: Weighing) {
    rig.put(load);
    assert_eq!(bounded(|| rig.scale().weigh(ENOUGH)), Ok(load));
}
