import Nightjar

extension MiningEvent {
    var isExhausted: Bool { if case .exhausted = self { true } else { false } }
}
