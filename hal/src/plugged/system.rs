//! What the system says elsewhere than on Linux: serial ports (on Windows, COM ports). A USB printer is named by its path
//! there, and HID scanners are found by hidapi.

use super::{Class, Identity, Plugged};
use serialport::SerialPortType;

/// What is plugged in.
pub(super) fn list() -> Vec<Plugged> {
    let ports = serialport::available_ports().unwrap_or_default();
    let mut all: Vec<Plugged> = ports
        .into_iter()
        .filter_map(|port| match port.port_type {
            SerialPortType::UsbPort(usb) => Some(Plugged {
                class: Class::SerialLine,
                path: port.port_name.into(),
                identity: Identity { vendor: usb.vid, product: usb.pid, serial: usb.serial_number },
                name: [usb.manufacturer, usb.product].into_iter().flatten().collect::<Vec<String>>().join(" "),
            }),
            _ => None,
        })
        .collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}
