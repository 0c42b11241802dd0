extension Block {
    /// A chart over periods, as months: columns beside each other and lines, on one axis that begins at nought.
    public struct Trend: Sendable {
        /// How a series is drawn.
        public enum Style: Sendable {
            case columns, line
        }

        /// Values over the periods.
        public struct Series: Sendable {
            /// Its name in the key.
            public var name: String
            /// One value for each period, not under nought; nil = nothing to show.
            public var values: [Double?]
            /// How it is drawn.
            public var style: Style

            /// A series.
            public init(_ name: String, _ values: [Double?], style: Style = .columns) {
                self.name = name
                self.values = values
                self.style = style
            }
        }

        /// Beneath the chart, after “Hình 1.”; empty = a chart without a number.
        public var caption: String
        /// What the axis counts: `hồ sơ`, `%`.
        public var unit: String
        /// The periods, from the left: `Tháng 1`.
        public var periods: [String]
        /// The series, at most four.
        public var series: [Series]

        /// A chart.
        public init(caption: String, unit: String, periods: [String], series: [Series]) {
            self.caption = caption
            self.unit = unit
            self.periods = periods
            self.series = series
        }

        /// Greys of the series in their order, 0 = black: told apart on paper, too.
        static let greys = [0.35, 0.75, 0.0, 0.55]

        /// Refuses what cannot be drawn.
        func check() throws(DocumentError) {
            guard !periods.isEmpty, (1...Self.greys.count).contains(series.count) else {
                throw .malformed("a chart over time needs periods and one to \(Self.greys.count) series")
            }
            for series in series {
                guard series.values.count == periods.count else {
                    throw .malformed(
                        "the series “\(series.name)” has \(series.values.count) values for \(periods.count) periods")
                }
                guard series.values.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? true }) else {
                    throw .malformed("the series “\(series.name)” has a value under nought or none at all")
                }
            }
        }

        /// The strokes of the axis: from 0 in four to six even steps of 1, 2 or 5 times a power of ten.
        var ticks: [Double] {
            let most = max(series.flatMap(\.values).compactMap { $0 }.max() ?? 0, 1)
            var step = 1.0
            let factors = [2, 2.5, 2]
            var index = 0
            while most / step > 6 {
                step *= factors[index % 3]
                index += 1
            }
            return Array(stride(from: 0, through: (most / step).rounded(.up) * step, by: step))
        }

        /// What the chart says, for who cannot see it.
        var alternative: String {
            let lines = series.map { series in
                let values = zip(periods, series.values).map { period, value in
                    "\(period) \(value.map { VietnameseNumber.text($0, decimals: 2) } ?? "không có số liệu")"
                }
                return "\(series.name): " + values.joined(separator: "; ")
            }
            return "Biểu đồ theo thời gian, đơn vị: \(unit). \(caption). " + lines.joined(separator: ". ") + "."
        }
    }
}
