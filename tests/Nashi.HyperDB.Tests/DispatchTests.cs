using Nashi.HyperDB.Tests.V2;
using Nashi.Hyperschema;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests;

/// <summary>Commands: the reference's bytes, and each to its handler.</summary>
public sealed class DispatchTests
{
    private static System.Text.Json.JsonElement Vectors { get; } = TestKit.Vectors.Load("hyperdispatch");

    private static Member Ann { get; } = new()
    {
        Room = "lobby",
        Key = ProgramV2.Key(1),
        Name = "ann",
        Joined = DateTimeOffset.FromUnixTimeMilliseconds(1700000000000),
        Score = -5,
        Motto = "hi",
    };

    [Fact]
    public void Dispatch_Encode_EqualsReference()
    {
        AssertBytes("put", Dispatch.EncodePut(new Put { Member = Ann }));
        AssertBytes("putAsVersion1", Dispatch.EncodePut(new Put { Member = Ann }, version: 1));
        AssertBytes("rename", Dispatch.EncodeRename(new Put { Member = Ann }));
        AssertBytes("remove", Dispatch.Encode(new Remove { Room = "lobby", Key = ProgramV2.Key(1) }));
        AssertBytes("level", Dispatch.Encode(Level.High));
    }

    [Fact]
    public void Dispatch_AsAnOlderVersion_EqualsTheOlderProgram()
        => Assert.Equal(Vectors.Bytes("putAsVersion1"), V1.Dispatch.EncodePut(V1.Put.Codec.Decode(Put.Codec.Encode(new Put { Member = Ann }, 1))));

    [Fact]
    public async Task Router_OfEveryCommand_CallsItsHandler()
    {
        List<string> calls = [];
        var router = NewRouter();
        foreach (var name in new[] { "rename", "put", "remove", "level" }) await router.DispatchAsync(Vectors.Bytes(name), calls, TestContext.Current.CancellationToken);
        Assert.Equal(["rename ann hi", "put ann hi", "remove lobby", "level High"], calls);
    }

    [Theory]
    [InlineData("", "DECODING_ERROR")]
    [InlineData("02", "HANDLER_NOT_FOUND_BY_ID")]
    [InlineData("07", "HANDLER_NOT_FOUND_BY_ID")]
    [InlineData("fd", "DECODING_ERROR")]
    [InlineData("0305", "DECODING_ERROR")]
    public async Task Router_OfBadBytes_RefusesWithACode(string hex, string code)
    {
        var error = await Assert.ThrowsAsync<DispatchException>(async () => await NewRouter().DispatchAsync(Convert.FromHexString(hex), []));
        Assert.Equal(code, error.Code);
        Assert.False(Dispatch.TryDecode(Convert.FromHexString(hex), out _, out _));
    }

    [Fact]
    public async Task Router_OfTheOlderProgram_ReadsTheNewersCommands()
    {
        List<string> calls = [];
        var router = new V1.Router<List<string>>
        {
            Put = (put, context, _) => Say(context, put.Member.Name),
            Remove = (remove, context, _) => Say(context, remove.Room),
            Rename = (rename, context, _) => Say(context, rename.Member.Name),
        };
        await router.DispatchAsync(Vectors.Bytes("put"), calls, TestContext.Current.CancellationToken);
        Assert.Equal(["ann"], calls);
        var error = await Assert.ThrowsAsync<DispatchException>(async () => await router.DispatchAsync(Vectors.Bytes("level"), calls));
        Assert.Equal("HANDLER_NOT_FOUND_BY_ID", error.Code);
    }

    private static Router<List<string>> NewRouter() => new()
    {
        Put = (put, calls, _) => Say(calls, $"put {put.Member.Name} {put.Member.Motto}"),
        Remove = (remove, calls, _) => Say(calls, $"remove {remove.Room}"),
        Rename = (rename, calls, _) => Say(calls, $"rename {rename.Member.Name} {rename.Member.Motto}"),
        SetLevel = (level, calls, _) => Say(calls, $"level {level}"),
    };

    private static ValueTask Say(List<string> calls, string call)
    {
        calls.Add(call);
        return ValueTask.CompletedTask;
    }

    private static void AssertBytes(string name, byte[] bytes) => Assert.Equal(Convert.ToHexStringLower(Vectors.Bytes(name)), Convert.ToHexStringLower(bytes));
}
