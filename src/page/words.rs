//! What the page says, in each language: the message files `locales/*.toml`, embedded, behind one typed lookup.
//!
//! Each message is a field of [`Words`], so a template or a room that names one that does not exist does not compile; a
//! file that lacks one or has one too many does not load, and a test loads them all. A `{word}` in a message is a
//! placeholder, filled by [`Message::with`]; the tests compare the placeholders of all languages.

use super::language::Language;
use super::shift::MovementKind;
use serde::Deserialize;
use std::fmt::{self, Display};
use std::sync::LazyLock;

/// One message of one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Message(String);

impl Message {
    /// A sentence that came from elsewhere, as it is.
    pub fn plain(text: &str) -> Message {
        Message(text.to_owned())
    }

    /// The message with `value` in place of `{name}`.
    pub fn with(&self, name: &str, value: impl Display) -> Message {
        Message(self.0.replace(&format!("{{{name}}}"), &value.to_string()))
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Display for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl askama::FastWritable for Message {
    fn write_into(&self, dest: &mut dyn fmt::Write, _: &dyn askama::Values) -> askama::Result<()> {
        Ok(dest.write_str(&self.0)?)
    }
}

macro_rules! words {
    ($($key:ident,)*) => {
        /// All messages of one language. A field is named like its message.
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Words {
            $(#[doc = concat!("The message `", stringify!($key), "`.")] pub $key: Message,)*
        }

        impl Words {
            /// Each message with its name.
            #[cfg(test)]
            pub(super) fn all(&self) -> Vec<(&'static str, &Message)> {
                vec![$((stringify!($key), &self.$key),)*]
            }
        }
    };
}

words! {
    // The frame and the strip.
    page_title, strip, strip_till, strip_pool, strip_training, strip_online, strip_offline, strip_unsent,
    strip_nobody, alarms, silence_nothing, silence_refused, printer_ready, printer_paper_low, printer_paper_out,
    printer_cover_open, printer_fault, printer_offline, printer_unknown, printer_none, drawer_closed, drawer_open,
    drawer_unknown, drawer_none, scanner_ready, scanner_offline, scanner_keyboard, scanner_none,
    // Buttons and pads.
    back, cancel, find, why, day, month, year, amount, pad, pad_short, pad_backspace, pad_clear, pad_times, pad_enter,
    field_needed,
    // Signing on, roles.
    sign_on, sign_on_button, sign_on_shift_of, sign_off, cashier_number, supervisor_number, pin, wrong_pin,
    pin_locked, override_supervisor, override_manager, override_allow, basket_stays, reason_void_line, reason_abandon,
    reason_discount, reason_refund, reason_void_sale, reason_no_sale, reason_paid_out, reason_age, reason_close_shift,
    reason_report,
    // Age.
    age_title, age_hint, born_by, birth_date, age_check, age_override, age_refuse,
    // The basket.
    basket, basket_empty, entry, entry_hint, enter, line_void, pieces, due, pay_back, total, actions, keys,
    departments, search, search_label, search_hint, search_more, quantity, new_quantity, quantity_change,
    quantity_fixed, line_void_button, line_discount, discount, discount_basket, discount_on, discount_how,
    discount_value, discount_give, suspend, suspended, suspended_none, recall_count, abandon, abandon_hint,
    // Paying.
    pay, pay_out, tender, cash, cash_exact, cash_amount, card, card_amount, card_reference, voucher, voucher_number, sell_voucher, sell_voucher_hint,
    sold, change, paid, new_sale, print_copy, picture, paper_printing, paper_printed, paper_waiting, paper_failed,
    paper_unknown,
    // The menu.
    menu, menu_sales, menu_cash, menu_shift, copies, copies_hint, copies_none, refund, refund_find_hint,
    receipt_number, refund_open, refund_open_hint, refund_of, refund_hint, refund_only_here, refund_sold,
    refund_returned, refund_all, refund_by, refund_give, void_sale, void_sale_hint, no_sale, no_sale_hint,
    open_drawer, paid_in, paid_out, pick_up, paid_in_hint, paid_out_hint, pick_up_hint,
    // The shift.
    open_shift, open_shift_hint, open_shift_button, opening_float, counted_so_far, close_shift, close_shift_hint,
    close_shift_suspended, close_shift_button, shift_closed, count_exact, count_over, count_short, print_z_copy,
    open_next_shift, x_report, print_report, z_copies, z_copies_none,
    // Help.
    help, help_title, help_entry, help_times, help_weight, help_arrows, help_suspend, help_exact,
    // What an act led to.
    unknown_code, misread, nothing_found, scale_moving, scale_empty, scale_below_zero, scale_too_heavy, weigh,
    scan_not_now, expired, recalled_item, no_price, weight_needed, bad_quantity, bad_amount,
    too_large, discount_too_large, still_due, no_change_from, reference_needed, card_number, voucher_expired,
    voucher_refused, empty_basket, basket_open, line_gone, receipt_unknown, receipt_away, refund_too_much, nothing_to_refund,
    cannot_void, not_allowed, shift_needed, bad_date, too_young, stale_page, disk_trouble, already_done,
    basket_suspended, basket_recalled, basket_abandoned, sale_voided, refunded, drawer_opened, copy_printing,
    movement_booked, shift_opened, allowed,
    // What must be seen to.
    alarm_receipts_waiting, alarm_receipt_unknown, alarm_receipt_failed, alarm_slip_unknown, alarm_slip_failed, paper_whole, paper_copy, alarm_drawer_open, alarm_disk_nearly_full, alarm_disk_full, alarm_journal_damaged,
    alarm_forked, alarm_identity, alarm_clock, alarm_shift_old, alarm_pick_up,
    // What the customer sees.
    customer_closed, customer_welcome, customer_total, customer_paid, customer_left, customer_change, customer_thanks,
    // What the counter refuses besides, and the end of the day.
    reason_needed, label_refused, fixed_quantity, same_piece, fixed_price, discount_grew, partly_paid, not_in_coins,
    baskets_wait, basket_gone, too_many_wait, shift_still_open, no_price_book, no_cashiers, not_done, close_day,
    day_closed, void_reference, refund_reference,
}

impl Words {
    /// The messages of a language.
    pub fn of(language: Language) -> &'static Words {
        static EN: LazyLock<Words> = LazyLock::new(|| parsed(include_str!("../../locales/en.toml")));
        static DE: LazyLock<Words> = LazyLock::new(|| parsed(include_str!("../../locales/de.toml")));
        static FR_FR: LazyLock<Words> = LazyLock::new(|| parsed(include_str!("../../locales/fr-FR.toml")));
        static FR_CA: LazyLock<Words> = LazyLock::new(|| parsed(include_str!("../../locales/fr-CA.toml")));
        static ES: LazyLock<Words> = LazyLock::new(|| parsed(include_str!("../../locales/es.toml")));
        match language {
            Language::En => &EN,
            Language::De => &DE,
            Language::FrFr => &FR_FR,
            Language::FrCa => &FR_CA,
            Language::Es => &ES,
        }
    }

    /// The name of a movement of cash.
    pub fn movement(&self, kind: &MovementKind) -> &Message {
        match kind {
            MovementKind::PaidIn => &self.paid_in,
            MovementKind::PaidOut => &self.paid_out,
            MovementKind::PickUp => &self.pick_up,
        }
    }

    /// What a movement of cash is for.
    pub fn movement_hint(&self, kind: &MovementKind) -> &Message {
        match kind {
            MovementKind::PaidIn => &self.paid_in_hint,
            MovementKind::PaidOut => &self.paid_out_hint,
            MovementKind::PickUp => &self.pick_up_hint,
        }
    }
}

fn parsed(text: &str) -> Words {
    toml::from_str(text).expect("the message files are part of the program, and a test reads each")
}
