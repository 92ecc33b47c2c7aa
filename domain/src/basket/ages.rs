//! Goods that are not for everybody: the customer's age is confirmed before anything is tendered.

use super::{Basket, BasketError};
use crate::age::{self, AgeConfirmed, AgeProof};
use crate::ids::BusinessDay;

impl Basket {
    /// The highest age, in years, that is still to be confirmed.
    pub fn age_to_confirm(&self) -> Option<u8> {
        self.oldest_unconfirmed().map(|(years, _)| years)
    }

    /// The customer was born on `born`, as their paper says; `today` is the calendar's day. Gives the age that is known
    /// then. The birth date itself is kept nowhere.
    pub fn confirm_birth_date(&mut self, born: &BusinessDay, today: &BusinessDay) -> Result<u8, BasketError> {
        let age = age::years(born, today)?;
        match self.oldest_unconfirmed() {
            Some((years, name)) if age < years => Err(BasketError::TooYoung { age, years, name: name.to_owned() }),
            _ => self.confirm(AgeConfirmed::of_birth_date(age)),
        }
    }

    /// `by` answers for the customer being old enough for what is in the basket now.
    pub fn confirm_age(&mut self, by: String) -> Result<u8, BasketError> {
        let years = self.age_to_confirm().or(self.age.as_ref().map(|age| age.years)).unwrap_or(0);
        self.confirm(AgeConfirmed { years, proof: AgeProof::Override, by: Some(by) })
    }

    fn confirm(&mut self, confirmed: AgeConfirmed) -> Result<u8, BasketError> {
        if self.settlement.is_some() {
            return Err(BasketError::Paid);
        }
        let years = confirmed.years;
        self.age = Some(confirmed);
        Ok(years)
    }

    /// The highest age that is still to be confirmed, and for what.
    pub(super) fn oldest_unconfirmed(&self) -> Option<(u8, &str)> {
        let known = self.age.as_ref().map_or(0, |age| age.years);
        let asked = self.lines.iter().filter(|line| !line.void);
        let asked = asked.filter_map(|line| Some((line.age_years?, line.name.as_str())));
        asked.filter(|(years, _)| *years > known).max_by_key(|(years, _)| *years)
    }
}
