using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>One block of the encryption core. Type 0 carries the entropy of an encryption id.</summary>
internal sealed record EncryptionDescriptor(ulong Type, byte[]? Payload) : IMessage<EncryptionDescriptor>
{
    public static bool TryRead(ref CompactReader reader, [MaybeNullWhen(false)] out EncryptionDescriptor message)
    {
        message = null;
        if (!reader.TryReadUInt(out var type) || !reader.TryReadBuffer(out var payload)) return false;
        message = new(type, payload.IsEmpty ? null : payload.ToArray());
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Type);
        writer.WriteBuffer(Payload ?? []);
    }
}
