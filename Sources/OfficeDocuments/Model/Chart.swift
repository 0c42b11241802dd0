extension Block {
    /// A chart of per cents: one bar for each thing, with its value and its target.
    public struct Chart: Sendable {
        /// A bar.
        public struct Bar: Sendable {
            /// What it stands for.
            public var label: String
            /// Per cent; nil = nothing to show.
            public var value: Double?
            /// The value in words, as the table writes it.
            public var valueText: String
            /// Per cent that is asked for.
            public var target: Double
            /// The target is met.
            public var isMet: Bool

            /// A bar.
            public init(label: String, value: Double?, valueText: String, target: Double, isMet: Bool) {
                self.label = label
                self.value = value
                self.valueText = valueText
                self.target = target
                self.isMet = isMet
            }
        }

        /// Beneath the chart, after “Hình 1.”; empty = a chart without a number.
        public var caption: String
        /// The bars.
        public var bars: [Bar]

        /// A chart.
        public init(caption: String, bars: [Bar]) {
            self.caption = caption
            self.bars = bars
        }

        /// What the chart says, for who cannot see it.
        var alternative: String {
            let bars = bars.map {
                "\($0.label): \($0.valueText), chỉ tiêu \(VietnameseNumber.text($0.target, decimals: 2))%"
            }
            return "Biểu đồ thanh. \(caption). " + bars.joined(separator: "; ") + "."
        }
    }
}
