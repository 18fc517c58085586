using Nashi.Encoding;
using Nashi.Protomux.Rpc;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests.Interop;

/// <summary>A live protomux-rpc of the reference, asked and asking.</summary>
public sealed class RpcInteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly RpcMethod<string, string> Upper = new("upper", RpcCodec.Text, RpcCodec.Text);

    [Fact]
    public async Task MuxRpc_Reference_AsksAndAnswers()
    {
        await using var peer = JsPeer.Start("rpc-peer.cjs");
        await using var mux = await JsMux.ConnectAsync(peer);
        using var rpc = MuxRpc.Open(mux, new() { Id = "service"u8.ToArray(), Handshake = "hi"u8.ToArray() }, Configure);
        mux.Start();
        Assert.Equal("hello from the reference"u8.ToArray(), (await rpc.Opened.WaitAsync(Patience))!.Value.ToArray());
        Assert.Equal("6869", (await peer.NextAsync("open")).GetProperty("handshake").GetString());

        Assert.Equal([1, 2], (await rpc.RequestAsync("echo", new byte[] { 1, 2 }).WaitAsync(Patience))!.Value.ToArray());
        Assert.Null(await rpc.RequestAsync("echo", null).WaitAsync(Patience));
        Assert.Equal([3], (await rpc.RequestAsync("slow", new byte[] { 3 }).WaitAsync(Patience))!.Value.ToArray());
        Assert.Equal("HELLO", await rpc.RequestAsync(Upper, "hello").WaitAsync(Patience));
        var large = new byte[1_000_000];
        large[^1] = 1;
        Assert.Equal(large, (await rpc.RequestAsync("echo", large).WaitAsync(Patience))!.Value.ToArray());
        var many = Enumerable.Range(0, 500).Select(async i => Assert.Equal([(byte)i], (await rpc.RequestAsync("echo", new[] { (byte)i }))!.Value.ToArray()));
        await Task.WhenAll(many).WaitAsync(Patience);

        await FailsAsync(rpc, "fail", RpcErrorCodes.RequestError, new("boom", "E_BOOM", "while testing"));
        await FailsAsync(rpc, "plain", RpcErrorCodes.RequestError, new("no code"));
        await FailsAsync(rpc, "nope", RpcErrorCodes.UnknownMethod, null);
        _ = await Assert.ThrowsAsync<RpcTimeoutException>(() => rpc.RequestAsync("never", null, TimeSpan.FromMilliseconds(50)).WaitAsync(Patience));
        await rpc.SendEventAsync("tell", new byte[] { 9 });
        Assert.Equal("09", (await peer.NextAsync("told")).GetProperty("value").GetString());

        await peer.SendAsync(new() { ["do"] = "request", ["method"] = "ours", ["value"] = "0a0b" });
        Assert.Equal("0b0a", (await peer.NextAsync("answer")).GetProperty("value").GetString());
        await peer.SendAsync(new() { ["do"] = "request", ["method"] = "fault", ["value"] = null });
        var failed = await peer.NextAsync("answer");
        Assert.Equal("REQUEST_ERROR", failed.GetProperty("code").GetString());
        Assert.Equal("E_OURS", failed.GetProperty("cause").GetProperty("code").GetString());
        Assert.Equal("there", failed.GetProperty("cause").GetProperty("context").GetString());
        await peer.SendAsync(new() { ["do"] = "request", ["method"] = "missing", ["value"] = null });
        Assert.Equal("UNKNOWN_METHOD", (await peer.NextAsync("answer")).GetProperty("code").GetString());
        await peer.SendAsync(new() { ["do"] = "many", ["count"] = 1000 });
        Assert.True((await peer.NextAsync("many")).GetProperty("ok").GetBoolean());

        await rpc.EndAsync().WaitAsync(Patience);
        _ = await peer.NextAsync("close");
        Assert.False(mux.Closed.IsCompleted);
    }

    [Fact]
    public async Task MuxRpc_ReferenceWithCapability_OpensOnlyWithTheKey()
    {
        var key = Enumerable.Repeat((byte)7, 32).ToArray();
        await using var peer = JsPeer.Start("rpc-peer.cjs", Convert.ToHexStringLower(key));
        await using var mux = await JsMux.ConnectAsync(peer);
        using var rpc = MuxRpc.Open(mux, new() { CapabilityKey = new Bytes32(key) });
        mux.Start();
        Assert.NotNull(await rpc.Opened.WaitAsync(Patience));
        Assert.Equal("true", (await peer.NextAsync("open")).GetProperty("handshake").GetString());
        Assert.Equal([5], (await rpc.RequestAsync("echo", new byte[] { 5 }).WaitAsync(Patience))!.Value.ToArray());
        await peer.SendAsync(new() { ["do"] = "end" });
        _ = await peer.NextAsync("ended");
        await rpc.Closed.WaitAsync(Patience);
    }

    private static void Configure(MuxRpc rpc)
    {
        rpc.Respond("ours", (value, _) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(value!.Value.ToArray().Reverse().ToArray()));
        rpc.Respond("echo", (value, _) => ValueTask.FromResult(value));
        rpc.Respond("fault", (_, _) => throw new RpcFaultException("ours", "E_OURS", "there"));
    }

    private static async Task FailsAsync(MuxRpc rpc, string method, string code, RpcErrorCause? cause)
    {
        var error = await Assert.ThrowsAsync<RpcRemoteException>(() => rpc.RequestAsync(method, null).WaitAsync(Patience));
        Assert.Equal(code, error.Code);
        Assert.Equal(cause, error.RemoteCause);
    }
}
