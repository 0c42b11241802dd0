#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Milliseconds of a clock that nobody sets and that stands still while the machine sleeps (`CLOCK_MONOTONIC`,
/// clock_gettime(2)). It counts from some moment of its own and means nothing to another machine.
///
/// Leases and heartbeats live by it: a wall clock that is put forward ends no lease, and a laptop that slept has not been
/// silent.
public struct SteadyTime: Hashable, Comparable, Sendable {
    /// Milliseconds since some moment.
    public var milliseconds: Int64

    /// A reading of the clock.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// What the clock says.
    public static func now() -> SteadyTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return SteadyTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Earlier first.
    public static func < (left: SteadyTime, right: SteadyTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant that many milliseconds later; it stops at the ends of `Int64` if it would leave them.
    public func advanced(byMilliseconds delta: Int64) -> SteadyTime {
        SteadyTime(milliseconds: milliseconds.addingSaturated(delta))
    }

    /// Milliseconds from an earlier instant to this one; it stops at the ends of `Int64` if they are farther apart.
    public func milliseconds(since earlier: SteadyTime) -> Int64 {
        milliseconds.subtractingSaturated(earlier.milliseconds)
    }
}

/// A moment on both clocks: what is promised to people goes by the wall clock (schedules, delays, dates in lists), what
/// is agreed between machines by the steady one (leases, heartbeats).
public struct Moment: Sendable, Hashable {
    /// The wall clock, which people set.
    public var wall: Timestamp
    /// The clock that only goes forward.
    public var steady: SteadyTime

    /// A moment.
    public init(wall: Timestamp, steady: SteadyTime) {
        self.wall = wall
        self.steady = steady
    }

    /// What both clocks say.
    public static func now() -> Moment { Moment(wall: .now(), steady: .now()) }
}
