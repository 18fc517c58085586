using System.Buffers;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;

namespace Nashi.BlindPeer.Messages;

/// <summary>The requests that a blind peer answers, on a channel whose id is its public key.</summary>
internal static class BlindPeerMethods
{
    public static RpcMethod<AddCoreRequest, CoreRecordMessage> AddCore { get; } = new("add-core", AddCoreRequest.Codec, CoreRecordMessage.Codec);

    /// <summary>True when the core was kept.</summary>
    public static RpcMethod<CoreKey, bool> DeleteCore { get; } = new("delete-core", new KeyCodec(), new BoolCodec());

    /// <summary>An addition of ours, unknown to the reference.</summary>
    public static RpcMethod<ReceiptRequest, ReceiptAnswer> Receipt { get; } = new("nashi-receipt", ReceiptRequest.Codec, ReceiptAnswer.Codec);

    public static bool TryDecodeKey(ReadOnlySpan<byte> bytes, out CoreKey key)
    {
        var reader = new CompactReader(bytes);
        var ok = reader.TryReadFixed32(out var value);
        key = new CoreKey(value);
        return ok;
    }

    private sealed class KeyCodec : IRpcCodec<CoreKey>
    {
        public void Encode(CoreKey value, IBufferWriter<byte> output) => output.Write(value.Value.AsSpan());

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out CoreKey value) => TryDecodeKey(bytes.Span, out value);
    }

    private sealed class BoolCodec : IRpcCodec<bool>
    {
        public void Encode(bool value, IBufferWriter<byte> output)
        {
            var writer = new CompactWriter(output);
            writer.WriteBool(value);
        }

        public bool TryDecode(ReadOnlyMemory<byte> bytes, out bool value)
        {
            var reader = new CompactReader(bytes.Span);
            return reader.TryReadBool(out value);
        }
    }
}
