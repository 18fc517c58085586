using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee.Hints;

/// <summary>A log whose peers may say beforehand which blocks a read will need.</summary>
internal interface IHintedLog
{
    void HintKey(ulong version, ReadOnlySpan<byte> key);

    void HintRange(ulong version, in KeyBounds bounds, ulong limit, bool reverse);
}
