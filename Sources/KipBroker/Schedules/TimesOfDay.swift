/// The local times of a day at which a schedule is due: each of these hours, with each of these minutes and seconds.
struct TimesOfDay: Equatable, Sendable {
    /// 0 to 23, growing.
    var hours: [Int]
    /// 0 to 59, growing.
    var minutes: [Int]
    /// 0 to 59, growing.
    var seconds: [Int] = [0]

    /// The first answer to times from a second of the day on.
    func first<Found>(from start: Int, _ answer: (_ secondOfDay: Int) -> Found?) -> Found? {
        for hour in hours where hour >= start / 3_600 {
            for minute in minutes where hour * 60 + minute >= start / 60 {
                let whole = (hour * 60 + minute) * 60
                for second in seconds where whole + second >= start {
                    if let found = answer(whole + second) { return found }
                }
            }
        }
        return nil
    }
}
