import Foundation
import KipBroker
import Office

/// The office's days off, as the broker asks for calendars: the queue itself knows no office.
struct OfficeCalendar: WorkingDayCalendar {
    let calendar: WorkingCalendar

    func isWorkingDay(_ day: CivilDay) -> Bool { calendar.isWorkingDay(LocalDate(number: day.number)) }
}

extension OfficeOption {
    /// The days that are worked: the office's where there is a list of days off, else Monday to Friday.
    /// - Throws: `OfficeError` where the list is there and cannot be read: a slip in it must not make a holiday a working
    ///   day; `Failure` if it was named and is not there.
    func workingDays() throws -> any WorkingDayCalendar {
        let path = try paths().daysOff
        guard FileManager.default.fileExists(atPath: path) else {
            // A queue without an office is no fault; a list that was named and is not there is one.
            if try isDaysOffNamed() {
                throw Failure.noInput(
                    "\(path) is not there; name the list of days off with --days-off or KIP_DAYS_OFF, or leave that out: "
                        + "then Monday to Friday are worked")
            }
            return MondayToFriday()
        }
        return OfficeCalendar(calendar: try WorkingCalendar.load(path: path))
    }

    private func isDaysOffNamed() throws -> Bool {
        try Settings.load().text(daysOff, "KIP_DAYS_OFF", "daysOff") != nil
    }
}
