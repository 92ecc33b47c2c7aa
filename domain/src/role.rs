//! Who may do what: three roles, one table, and a second person for what goes beyond a role.
//!
//! Whoever lets a cashier do more signs with their own PIN, the basket stays as it is, and an entry says who allowed
//! what and why.

use crate::cashier::Cashier;
use crate::money::{Money, Rate};
use crate::reason::Reason;
use serde::{Deserialize, Serialize};

/// What somebody is trusted with; each may do all that the one before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells.
    Cashier,
    /// Helps cashiers out.
    Supervisor,
    /// Answers for the store.
    Manager,
}

/// Something that is done at a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Scan, weigh, take tenders, suspend and recall.
    Sell,
    /// Take a line out of an open basket.
    VoidLine,
    /// Give up an open basket.
    Abandon,
    /// Take something off a price, within the role's limit.
    Discount,
    /// Print a receipt again, marked as a copy.
    Reprint,
    /// Open a shift.
    OpenShift,
    /// Count the drawer and close the shift.
    CloseShift,
    /// Sell what has an age limit without asking for the birth date.
    AgeCheck,
    /// Refund with the receipt.
    Refund,
    /// Take goods back without a receipt.
    RefundWithoutReceipt,
    /// Take the last sale back as a whole.
    VoidSale,
    /// Open the drawer without a sale.
    NoSale,
    /// Put cash into the drawer.
    PaidIn,
    /// Pay a bill out of the drawer.
    PaidOut,
    /// Bring cash to the safe.
    PickUp,
    /// Read the totals of the day so far.
    XReport,
    /// Close the day with the Z report.
    CloseDay,
    /// Print a Z report again.
    ReprintZ,
    /// Let somebody who guessed too often try again.
    Unlock,
}

/// The least role for each act.
const NEEDS: [(Act, Role); 19] = [
    (Act::Sell, Role::Cashier),
    (Act::VoidLine, Role::Cashier),
    (Act::Abandon, Role::Cashier),
    (Act::Discount, Role::Cashier),
    (Act::Reprint, Role::Cashier),
    (Act::OpenShift, Role::Cashier),
    (Act::CloseShift, Role::Cashier),
    (Act::AgeCheck, Role::Supervisor),
    (Act::Refund, Role::Supervisor),
    (Act::RefundWithoutReceipt, Role::Manager),
    (Act::VoidSale, Role::Supervisor),
    (Act::NoSale, Role::Supervisor),
    (Act::PaidIn, Role::Supervisor),
    (Act::PaidOut, Role::Supervisor),
    (Act::PickUp, Role::Supervisor),
    (Act::XReport, Role::Supervisor),
    (Act::CloseDay, Role::Manager),
    (Act::ReprintZ, Role::Supervisor),
    (Act::Unlock, Role::Manager),
];

impl Act {
    /// The least role that may do it. A discount beyond its limit needs more: [`DiscountLimits::needs`].
    pub fn needs(self) -> Role {
        // An act that somebody forgot in the table is nobody's but the manager's.
        NEEDS.iter().find(|(act, _)| *act == self).map_or(Role::Manager, |(_, role)| *role)
    }
}

/// Why an act is not allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A second person is needed.
    #[error("this needs a {needs:?}: ask one to enter their number and PIN")]
    Needs {
        /// The least role.
        needs: Role,
    },
    /// The second person is the first one.
    #[error("nobody can allow it for themselves: ask another {needs:?}")]
    Same {
        /// The least role.
        needs: Role,
    },
    /// The second person may not either.
    #[error("{by} may not allow this: it needs a {needs:?}")]
    TooLow {
        /// Who tried to allow it.
        by: String,
        /// The least role.
        needs: Role,
    },
    /// Left the company, or is on leave.
    #[error("{0} is not active: head office decides that")]
    Inactive(String),
    /// No role may.
    #[error("{off} cannot be taken off {from}: nobody here may")]
    TooMuch {
        /// What was to be taken off.
        off: Money,
        /// Of what.
        from: Money,
    },
    /// A second person says why.
    #[error("say in a few words why this is allowed")]
    NoReason,
}

/// Somebody with the role allowed what the cashier's does not: the body of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What was allowed.
    pub act: Act,
    /// Who did it.
    pub cashier: String,
    /// Who allowed it.
    pub by: String,
    /// Why.
    pub reason: Reason,
}

/// Whether `cashier` may do `act`, which needs `needs`; if not, whether `by` allows it. An override is recorded before
/// the act is done.
pub fn permit(
    act: Act,
    needs: Role,
    cashier: &Cashier,
    by: Option<&Cashier>,
    reason: Option<Reason>,
) -> Result<Option<Override>, Refusal> {
    if !cashier.active {
        return Err(Refusal::Inactive(cashier.signature()));
    }
    if cashier.role >= needs {
        return Ok(None);
    }
    let by = by.ok_or(Refusal::Needs { needs })?;
    if by.number == cashier.number {
        return Err(Refusal::Same { needs });
    }
    if !by.active {
        return Err(Refusal::Inactive(by.signature()));
    }
    if by.role < needs {
        return Err(Refusal::TooLow { by: by.signature(), needs });
    }
    let reason = reason.ok_or(Refusal::NoReason)?;
    Ok(Some(Override { act, cashier: cashier.signature(), by: by.signature(), reason }))
}

/// How much each role may take off, as a share of what it is taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscountLimits {
    /// A cashier.
    pub cashier: Rate,
    /// A supervisor.
    pub supervisor: Rate,
    /// A manager.
    pub manager: Rate,
}

impl Default for DiscountLimits {
    /// 10, 50 and 100 %.
    fn default() -> DiscountLimits {
        DiscountLimits { cashier: Rate(10_000), supervisor: Rate(50_000), manager: Rate(Rate::WHOLE) }
    }
}

impl DiscountLimits {
    /// The least role that may take `off` off `from`.
    pub fn needs(&self, off: Money, from: Money) -> Result<Role, Refusal> {
        let limits =
            [(Role::Cashier, self.cashier), (Role::Supervisor, self.supervisor), (Role::Manager, self.manager)];
        // Half a unit more, because the share that a role may take off is rounded to a unit as well.
        let within = |limit: Rate| {
            let most = i128::from(from.minor) * i128::from(limit.0) + i128::from(Rate::WHOLE) / 2;
            i128::from(off.minor) * i128::from(Rate::WHOLE) <= most
        };
        let is_possible = off.currency == from.currency && (0..=from.minor).contains(&off.minor);
        let role = limits.into_iter().find(|(_, limit)| is_possible && within(*limit));
        role.map(|(role, _)| role).ok_or(Refusal::TooMuch { off, from })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cashier(number: u32, role: Role) -> Cashier {
        let pin_hash = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo".parse().unwrap();
        Cashier { number, name: "Anna".to_owned(), role, pin_hash, active: true }
    }

    fn reason() -> Option<Reason> {
        Some("customer is known".parse().unwrap())
    }

    #[test]
    fn every_act_is_in_the_table_once() {
        for (index, (act, role)) in NEEDS.iter().enumerate() {
            assert!(NEEDS[..index].iter().all(|(other, _)| other != act), "{act:?}");
            assert_eq!(act.needs(), *role);
        }
        // The design: refund, void and no-sale need the role or a supervisor's PIN.
        for act in [Act::Refund, Act::VoidSale, Act::NoSale] {
            assert_eq!(act.needs(), Role::Supervisor);
        }
    }

    #[test]
    fn an_act_beyond_the_role_needs_another_person_with_it() {
        use Role::{Cashier as C, Manager as M, Supervisor as S};
        let name = |number| format!("{number} Anna");
        // who, by whom, needs, outcome
        let table = [
            (cashier(1, S), None, S, Ok(false)),
            (cashier(1, M), Some(cashier(2, C)), S, Ok(false)),
            (cashier(1, C), None, S, Err(Refusal::Needs { needs: S })),
            (cashier(1, C), Some(cashier(1, M)), S, Err(Refusal::Same { needs: S })),
            (cashier(1, C), Some(cashier(2, C)), S, Err(Refusal::TooLow { by: name(2), needs: S })),
            (cashier(1, S), Some(cashier(2, S)), M, Err(Refusal::TooLow { by: name(2), needs: M })),
            (cashier(1, C), Some(cashier(2, S)), S, Ok(true)),
            (cashier(1, C), Some(cashier(2, M)), S, Ok(true)),
        ];
        for (who, by, needs, expected) in table {
            let outcome = permit(Act::NoSale, needs, &who, by.as_ref(), reason());
            assert_eq!(outcome.map(|entry| entry.is_some()), expected, "{who:?} {by:?}");
        }
        let gone = Cashier { active: false, ..cashier(2, M) };
        let refused = permit(Act::NoSale, S, &cashier(1, C), Some(&gone), reason());
        assert_eq!(refused, Err(Refusal::Inactive(name(2))));
        assert_eq!(permit(Act::Sell, C, &gone, None, None), Err(Refusal::Inactive(name(2))));
        assert_eq!(permit(Act::NoSale, S, &cashier(1, C), Some(&cashier(2, S)), None), Err(Refusal::NoReason));
    }

    #[test]
    fn the_body_of_an_override_says_who_allowed_what_and_why() {
        let entry = permit(
            Act::Refund,
            Role::Supervisor,
            &cashier(1, Role::Cashier),
            Some(&cashier(2, Role::Manager)),
            reason(),
        );
        let json = r#"{"act":"refund","cashier":"1 Anna","by":"2 Anna","reason":"customer is known"}"#;
        assert_eq!(serde_json::to_string(&entry.unwrap().unwrap()).unwrap(), json);
    }

    #[test]
    fn a_discount_needs_the_role_whose_limit_holds_it() {
        let euro = |minor| Money::new(minor, "EUR".parse().unwrap());
        let needs = |off, from| DiscountLimits::default().needs(euro(off), euro(from)).ok();
        let table = [
            (0, 0, Some(Role::Cashier)),
            (200, 1_999, Some(Role::Cashier)),
            (201, 1_999, Some(Role::Supervisor)),
            (1_000, 1_999, Some(Role::Supervisor)),
            (1_001, 1_999, Some(Role::Manager)),
            (1_999, 1_999, Some(Role::Manager)),
            (2_000, 1_999, None),
            (-1, 1_999, None),
            (i64::MAX, i64::MAX, Some(Role::Manager)),
        ];
        for (off, from, role) in table {
            assert_eq!(needs(off, from), role, "{off} off {from}");
        }
        let dollar = Money::new(1, "USD".parse().unwrap());
        assert!(DiscountLimits::default().needs(dollar, euro(100)).is_err());
    }
}
