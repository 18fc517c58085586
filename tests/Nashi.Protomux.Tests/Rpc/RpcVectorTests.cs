using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Nashi.Encoding;
using Nashi.Protomux.Rpc;
using Nashi.Protomux.Rpc.Protocol;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests.Rpc;

/// <summary>Every message is byte for byte the reference's, and is read back as what it printed.</summary>
public sealed class RpcVectorTests
{
    private static readonly JsonElement All = Vectors.Load("rpc");

    [Fact]
    public void Request_Reference_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("requests").EnumerateArray())
        {
            var (id, method, value, bytes) = (Id(vector), vector.GetProperty("method").GetString()!, vector.Bytes("value"), vector.Bytes("bytes"));
            Assert.True(RpcRequestMessage.TryDecode(bytes, out var readId, out var readMethod, out var readValue));
            Assert.Equal((id, method), (readId, readMethod));
            Assert.Equal(value, readValue.ToArray());
            Assert.Equal(bytes, Written((ref CompactWriter writer) => RpcRequestMessage.WriteHead(ref writer, id, method), value));
        }
    }

    [Fact]
    public void Response_Value_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("values").EnumerateArray())
        {
            var (id, value, bytes) = (Id(vector), vector.Bytes("value"), vector.Bytes("bytes"));
            Assert.True(RpcResponseMessage.TryDecode(bytes, out var readId, out var error, out var readValue));
            Assert.Equal(id, readId);
            Assert.Null(error);
            Assert.Equal(value, readValue.ToArray());
            Assert.Equal(bytes, Written((ref CompactWriter writer) => RpcResponseMessage.WriteHead(ref writer, id), value));
        }
    }

    [Fact]
    public void Response_Error_SameBytesBothWays()
    {
        foreach (var vector in All.GetProperty("failures").EnumerateArray())
        {
            var (id, bytes) = (Id(vector), vector.Bytes("bytes"));
            var cause = vector.GetProperty("cause");
            var error = new RpcError(
                vector.GetProperty("code").GetString(),
                vector.GetProperty("message").GetString()!,
                cause.ValueKind == JsonValueKind.Null ? null : new(Text(cause, "message")!, Text(cause, "code"), Text(cause, "context")));
            Assert.True(RpcResponseMessage.TryDecode(bytes, out var readId, out var readError, out _));
            Assert.Equal(id, readId);
            Assert.Equal(error, readError);
            Assert.Equal(bytes, Written((ref CompactWriter writer) => RpcResponseMessage.WriteError(ref writer, id, error), []));
        }
    }

    [Fact]
    public void Messages_Truncated_AreRefusedOrShorter()
    {
        foreach (var vector in All.GetProperty("failures").EnumerateArray())
        {
            var bytes = vector.Bytes("bytes");
            for (var length = 0; length < bytes.Length; length++) Assert.False(RpcResponseMessage.TryDecode(bytes.AsMemory(0, length), out _, out _, out _));
        }
    }

    [Fact]
    public void ConnectionCapability_Reference_IsTheSame()
    {
        var vector = All.GetProperty("capability");
        var (key, hash) = (new Bytes32(vector.Bytes("key")), vector.Bytes("handshakeHash"));
        Assert.Equal(vector.Bytes("initiator"), ConnectionCapability.Compute(isInitiator: true, key, hash).ToArray());
        Assert.Equal(vector.Bytes("responder"), ConnectionCapability.Compute(isInitiator: false, key, hash).ToArray());
        var proof = new Bytes32(Enumerable.Repeat((byte)5, 32).ToArray());
        Assert.Equal(vector.Bytes("handshake"), ConnectionCapability.EncodeHandshake(proof));
        Assert.Equal(vector.Bytes("handshakeWithout"), ConnectionCapability.EncodeHandshake(null));
        Assert.True(ConnectionCapability.TryDecodeHandshake(vector.Bytes("handshake"), out var read));
        Assert.Equal(proof, read);
        Assert.True(ConnectionCapability.TryDecodeHandshake(vector.Bytes("handshakeWithout"), out var none));
        Assert.Null(none);
        Assert.False(ConnectionCapability.TryDecodeHandshake([1, 2, 3], out _));
    }

    private delegate void Write(ref CompactWriter writer);

    private static byte[] Written(Write write, byte[] value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        write(ref writer);
        output.Write(value);
        return output.WrittenSpan.ToArray();
    }

    private static ulong Id(JsonElement vector) => ulong.Parse(vector.GetProperty("id").GetString()!, CultureInfo.InvariantCulture);

    private static string? Text(JsonElement element, string property) => element.GetProperty(property).GetString();
}
