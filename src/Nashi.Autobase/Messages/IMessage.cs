using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>Something with one encoding. Reading is total: a stranger may have written it.</summary>
internal interface IMessage<T>
    where T : IMessage<T>
{
    /// <summary>Reads one; false when the bytes are not one.</summary>
    static abstract bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out T message);

    /// <summary>Writes it in its newest encoding.</summary>
    void Write(ref CompactWriter writer);
}
