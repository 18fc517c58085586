using System.IO.Pipelines;
using Nashi.Cli.Commands;
using Nashi.SecretStream;

namespace Nashi.Cli.Tests;

/// <summary>What becomes of a pipe's two directions, in memory.</summary>
public sealed class PipePumpTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MessageStreamPair _pair = MessageStreamPair.CreateInMemory();
    private readonly Pipe _input = new();
    private readonly EndedStream _output = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_RemoteEndsFirst_InputThatComesLaterStillArrives()
    {
        var running = RunAsync(isTyped: false);
        await _pair.Responder.WriteAsync("theirs"u8.ToArray(), Token);
        await _pair.Responder.EndAsync(Token);
        Assert.Equal("theirs"u8.ToArray(), await _output.Ended.WaitAsync(Patience, Token));

        await _input.Writer.WriteAsync("ours"u8.ToArray(), Token);
        Assert.Equal("ours"u8.ToArray(), (await ReadAsync()).Message.ToArray());
        await _input.Writer.CompleteAsync();
        Assert.True((await ReadAsync()).IsCompleted);
        await running.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Run_InputEndsFirst_WhatComesLaterStillArrives()
    {
        var running = RunAsync(isTyped: false);
        await _input.Writer.CompleteAsync();
        Assert.True((await ReadAsync()).IsCompleted);
        await _pair.Responder.WriteAsync("theirs"u8.ToArray(), Token);
        await _pair.Responder.EndAsync(Token);
        await running.WaitAsync(Patience, Token);
        Assert.Equal("theirs"u8.ToArray(), await _output.Ended.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Run_RemoteEndsWhileSomebodyTypes_IsTheEndOfBoth()
    {
        var running = RunAsync(isTyped: true);
        await _pair.Responder.EndAsync(Token);
        await running.WaitAsync(Patience, Token);
        Assert.True((await ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task Run_BreaksWhileInputIsSilent_Fails()
    {
        var running = RunAsync(isTyped: false);
        _pair.Initiator.Abort(CloseReason.Timeout);
        var error = await Assert.ThrowsAsync<CliException>(() => running.WaitAsync(Patience, Token));
        Assert.Equal("ERR_CONNECTION_LOST", error.Code);
    }

    [Fact]
    public async Task Run_InputCannotBeRead_DoesNotLookLikeItsEnd()
    {
        var running = RunAsync(isTyped: false);
        await _input.Writer.CompleteAsync(new IOException("The disk is gone."));
        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience, Token));
        Assert.False((await _pair.Initiator.Closed.WaitAsync(Patience, Token)).IsClean);
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    private Task RunAsync(bool isTyped) => PipePump.RunAsync(_pair.Initiator, _input.Reader.AsStream(), _output, isTyped, Token);

    private Task<MessageReadResult> ReadAsync() => _pair.Responder.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

    // Tells what was written to it when it is closed.
    private sealed class EndedStream : MemoryStream
    {
        private readonly TaskCompletionSource<byte[]> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<byte[]> Ended => _ended.Task;

        protected override void Dispose(bool disposing)
        {
            _ = _ended.TrySetResult(ToArray());
            base.Dispose(disposing);
        }
    }
}
