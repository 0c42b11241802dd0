import KipCore

/// Dice, thrown by a seed.
struct Chance: Sendable {
    var generator: SplitMix64

    mutating func percent(_ share: Int) -> Bool { number(0...99) < share }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(generator.next() % UInt64(range.count))
    }
}

/// What dice are thrown for. Each thing that happens has dice of its own, from the seed and its place in its stream: so
/// leaving one thing out of a world (`Simulation.smallest`) does not change all the others.
enum DiceStream: UInt64, Sendable {
    case world, fault, client, worker, handler, network, disk, broker, person, hostile, backup
}

extension Simulation {
    func dice(_ stream: DiceStream, _ first: UInt64 = 0, _ second: UInt64 = 0) -> Chance {
        // Odd constants keep the streams apart (the first is SplitMix64's own, Steele et al. 2014).
        let mixed =
            seed &* 0x9E37_79B9_7F4A_7C15 ^ (stream.rawValue + 1) &* 0xBF58_476D_1CE4_E5B9
            ^ first &* 0x94D0_49BB_1331_11EB ^ second &* 0xD6E8_FEB8_6659_FD93
        return Chance(generator: SplitMix64(seed: mixed))
    }
}
