/// A job did not come through: what is counted then is not a lifecycle.
enum Broken: Error, CustomStringConvertible {
    case at(String)

    var description: String {
        switch self {
        case .at(let place):
            "not every job came through the \(place): kip-cost drives the machines in a way that is not theirs"
        }
    }
}
