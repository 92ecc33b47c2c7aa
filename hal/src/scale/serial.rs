//! A scale on a serial line, a USB serial port, or a pseudo-terminal.

use super::dialog06::{self, Reply};
use super::exchange::Exchange;
use super::{AnswerError, continuous, toledo};
use crate::deadline::Deadline;
use crate::device::{Failure, Scale, Weighing, WeightUnit};
use crate::line::{Flow, Framing, LineSettings, SerialLine};
use crate::plugged::Address;
use std::time::Duration;

/// What a scale speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Mettler Toledo 8217. The protocol does not say what it counts in, and a weight may come without its point.
    Toledo8217 {
        /// What the scale is set to.
        unit: WeightUnit,
        /// How many of the digits stand behind a point that is not sent: 3 for most scales in kilograms, 2 in pounds.
        implied_decimals: u8,
    },
    /// Dialog 06 of the German checkout scales (Mettler Toledo, Bizerba, Dibal), in kilograms.
    Dialog06 {
        /// The unit price that the scale is sent and shows, in minor units a kilogram, 1 to 999 999. It comes back with
        /// the weight: at 1000 the amount that the scale works out confirms every gram.
        price_per_kilogram: u32,
    },
    /// A&D's and CAS's lines that come all the time (`ST,GS,+  0.450kg`).
    Continuous,
}

impl Dialect {
    /// How a scale's line is set at delivery. Dialog 06 is odd in the manuals of the older dialogues 02 and 04; makers
    /// differ, so check the scale's setup.
    pub fn settings(self) -> LineSettings {
        let framing = match self {
            Dialect::Toledo8217 { .. } => Framing::SevenEven,
            Dialect::Dialog06 { .. } => Framing::SevenOdd,
            Dialect::Continuous => Framing::EightNone,
        };
        LineSettings { baud: 9_600, framing, flow: Flow::None }
    }
}

/// A scale at a serial port. The port is opened when it is needed, stays open, and is opened again after an unplugging.
pub struct SerialScale {
    exchange: Exchange,
    dialect: Dialect,
}

impl SerialScale {
    /// The scale at `address` (`/dev/ttyUSB0`, `COM3`).
    pub fn new(address: impl Into<Address>, dialect: Dialect, settings: LineSettings) -> SerialScale {
        SerialScale { exchange: Exchange::new(SerialLine::new("scale", address, settings)), dialect }
    }
}

impl Scale for SerialScale {
    fn weigh(&mut self, deadline: Duration) -> Result<Weighing, Failure> {
        let deadline = Deadline::after(deadline);
        let dialect = self.dialect;
        self.exchange.begin(deadline, dialect == Dialect::Continuous, |exchange| {
            let answer = match dialect {
                Dialect::Toledo8217 { unit, implied_decimals } => {
                    let parse = |heard: &[u8]| toledo::answer(heard, unit, usize::from(implied_decimals));
                    exchange.ask(toledo::REQUEST, deadline, parse)
                }
                Dialect::Dialog06 { price_per_kilogram } => dialogue(exchange, price_per_kilogram, deadline),
                Dialect::Continuous => exchange.ask(&[], deadline, continuous::answer),
            };
            answer?.map_err(|error| exchange.line.failure(error.kind(), error))
        })
    }
}

/// The dialogue: the price, the question, and why it was refused.
fn dialogue(exchange: &mut Exchange, price: u32, deadline: Deadline) -> Result<Result<Weighing, AnswerError>, Failure> {
    let price = price.clamp(1, dialog06::PRICE_MAX);
    match exchange.ask(&dialog06::price_record(price), deadline, dialog06::reply)? {
        Reply::Taken => {}
        Reply::Refused => return state(exchange, deadline),
        Reply::Record(record) => return Ok(Err(dialog06::unexpected(&record))),
    }
    Ok(match exchange.ask(dialog06::ASK, deadline, dialog06::reply)? {
        Reply::Record(record) => dialog06::result(&record, price),
        Reply::Refused => return state(exchange, deadline),
        Reply::Taken => Err(AnswerError::Other("ACK".to_owned())),
    })
}

fn state(exchange: &mut Exchange, deadline: Deadline) -> Result<Result<Weighing, AnswerError>, Failure> {
    Ok(match exchange.ask(dialog06::ASK_STATE, deadline, dialog06::reply)? {
        Reply::Record(record) => dialog06::state(&record),
        Reply::Taken | Reply::Refused => Err(AnswerError::Other("ACK or NAK to record 08".to_owned())),
    })
}
