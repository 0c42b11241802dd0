import Foundation

/// When the moon is new and where the sun stands, as far as a calendar needs it: good to about a minute.
///
/// The new moon is chapter 49 of J. Meeus, “Astronomical Algorithms” (2nd edition, 1998), the sun its chapter 25 (low
/// accuracy), the difference between ephemeris time and the clock the polynomials of F. Espenak and J. Meeus (NASA).
enum Astronomy {
    /// The new moon of a number, 0 being that of 6 January 2000, as a Julian date of Universal Time.
    static func newMoon(_ number: Int) -> Double {
        let k = Double(number)
        let t = k / 1236.85
        let mean =
            2_451_550.097_66 + 29.530_588_861 * k + 0.000_154_37 * t * t - 0.000_000_150 * t * t * t
            + 0.000_000_000_73 * t * t * t * t
        let e = 1 - 0.002_516 * t - 0.000_007_4 * t * t
        let sun = 2.5534 + 29.105_356_70 * k - 0.000_001_4 * t * t - 0.000_000_11 * t * t * t
        let moon =
            201.5643 + 385.816_935_28 * k + 0.010_758_2 * t * t + 0.000_012_38 * t * t * t
            - 0.000_000_058 * t * t * t * t
        let node =
            160.7108 + 390.670_502_84 * k - 0.001_611_8 * t * t - 0.000_002_27 * t * t * t
            + 0.000_000_011 * t * t * t * t
        let ascending = 124.7746 - 1.563_755_88 * k + 0.002_067_2 * t * t + 0.000_002_15 * t * t * t
        var date = mean
        for term in newMoonTerms {
            let angle = term.moon * moon + term.sun * sun + term.node * node + term.ascending * ascending
            let scale = term.eccentricity == 0 ? 1 : term.eccentricity == 1 ? e : e * e
            date += term.days * scale * sine(angle)
        }
        for term in planetTerms {
            let square = term.perSquare * t * t
            date += term.days * sine(term.start + term.perMoon * k + square)
        }
        return date - deltaT(year: 2000 + (mean - 2_451_545) / 365.25) / 86_400
    }

    /// The apparent longitude of the sun, in degrees from 0 to 360.
    /// - Parameter date: a Julian date of Universal Time.
    static func sunLongitude(_ date: Double) -> Double {
        let t = (date + deltaT(year: 2000 + (date - 2_451_545) / 365.25) / 86_400 - 2_451_545) / 36_525
        let mean = 280.466_46 + 36_000.769_83 * t + 0.000_303_2 * t * t
        let anomaly = 357.529_11 + 35_999.050_29 * t - 0.000_153_7 * t * t
        let center =
            (1.914_602 - 0.004_817 * t - 0.000_014 * t * t) * sine(anomaly)
            + (0.019_993 - 0.000_101 * t) * sine(2 * anomaly) + 0.000_289 * sine(3 * anomaly)
        let longitude = mean + center - 0.005_69 - 0.004_78 * sine(125.04 - 1_934.136 * t)
        let turned = longitude.truncatingRemainder(dividingBy: 360)
        return turned < 0 ? turned + 360 : turned
    }

    /// Seconds by which ephemeris time is ahead of the clock.
    private static func deltaT(year: Double) -> Double {
        let t = year - 2000
        if year < 2005 { return 63.86 + 0.3345 * t - 0.060_374 * t * t }
        if year < 2050 { return 62.92 + 0.322_17 * t + 0.005_589 * t * t }
        let u = (year - 1820) / 100
        return -20 + 32 * u * u - 0.5628 * (2150 - year)
    }

    private static func sine(_ degrees: Double) -> Double { sin(degrees * .pi / 180) }

    private typealias MoonTerm = (
        days: Double, eccentricity: Int, moon: Double, sun: Double, node: Double, ascending: Double
    )

    private static let newMoonTerms: [MoonTerm] = [
        (-0.407_20, 0, 1, 0, 0, 0), (0.172_41, 1, 0, 1, 0, 0), (0.016_08, 0, 2, 0, 0, 0), (0.010_39, 0, 0, 0, 2, 0),
        (0.007_39, 1, 1, -1, 0, 0), (-0.005_14, 1, 1, 1, 0, 0), (0.002_08, 2, 0, 2, 0, 0), (-0.001_11, 0, 1, 0, -2, 0),
        (-0.000_57, 0, 1, 0, 2, 0), (0.000_56, 1, 2, 1, 0, 0), (-0.000_42, 0, 3, 0, 0, 0), (0.000_42, 1, 0, 1, 2, 0),
        (0.000_38, 1, 0, 1, -2, 0), (-0.000_24, 1, 2, -1, 0, 0), (-0.000_17, 0, 0, 0, 0, 1),
        (-0.000_07, 0, 1, 2, 0, 0), (0.000_04, 0, 2, 0, -2, 0), (0.000_04, 0, 0, 3, 0, 0), (0.000_03, 0, 1, 1, -2, 0),
        (0.000_03, 0, 2, 0, 2, 0), (-0.000_03, 0, 1, 1, 2, 0), (0.000_03, 0, 1, -1, 2, 0),
        (-0.000_02, 0, 1, -1, -2, 0), (-0.000_02, 0, 3, 1, 0, 0), (0.000_02, 0, 4, 0, 0, 0),
    ]

    private typealias PlanetTerm = (days: Double, start: Double, perMoon: Double, perSquare: Double)

    private static let planetTerms: [PlanetTerm] = [
        (0.000_325, 299.77, 0.107_408, -0.009_173), (0.000_165, 251.88, 0.016_321, 0),
        (0.000_164, 251.83, 26.651_886, 0), (0.000_126, 349.42, 36.412_478, 0), (0.000_110, 84.66, 18.206_239, 0),
        (0.000_062, 141.74, 53.303_771, 0), (0.000_060, 207.14, 2.453_732, 0), (0.000_056, 154.84, 7.306_860, 0),
        (0.000_047, 34.52, 27.261_239, 0), (0.000_042, 207.19, 0.121_824, 0), (0.000_040, 291.34, 1.844_379, 0),
        (0.000_037, 161.72, 24.198_154, 0), (0.000_035, 239.56, 25.513_099, 0), (0.000_023, 331.55, 3.592_518, 0),
    ]
}
