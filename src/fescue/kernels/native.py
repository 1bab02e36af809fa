"""Machine code that is called without numba: a function of one argument, the address of a table.

The table holds the arguments of a loop as words of 64 bits: numbers themselves, arrays as address
and shape, a random generator as its state and functions. It takes a microsecond to call such a
function, and a twentieth of a second to load one in a new process.
"""

import builtins
import ctypes
import importlib
import pickletools
import re
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any

import numpy as np
from numpy.random import Generator

from fescue.kernels.primitives import OPTIONS
from fescue.kernels.store import Code

_LOCK = Lock()
#: would be called for memory that code has allocated, which takes functions of numba
_NEVER_CALLED = "NRT_MemInfo_call_dtor"


def signature(arguments: Any) -> str:
    """Describe the types of arguments, which are tuples, arrays, numbers and a random generator.

    Raises:
        TypeError: if there is anything else
    """
    if isinstance(arguments, tuple):
        return f"({', '.join(map(signature, arguments))})"
    if isinstance(arguments, np.ndarray) and arguments.dtype.kind in "biufc":
        return f"{arguments.dtype}{arguments.ndim}{'' if arguments.flags.writeable else 'r'}"
    if isinstance(arguments, Generator):
        return "rng"
    if isinstance(arguments, np.bool_ | np.number):
        return str(arguments.dtype)
    if isinstance(arguments, bool | int | float):
        return type(arguments).__name__
    raise TypeError(f"The data of kernels are arrays and numbers, not {arguments!r}.")


class Table:
    """The arguments of a loop as a table, which lives as long as this object."""

    def __init__(self, arguments: tuple[Any, ...]) -> None:
        """Make the table.

        Raises:
            TypeError: if there is a value that no table can hold
        """
        self.arguments = contiguous(arguments)
        self._words = np.array(list(_words(self.arguments)), np.uint64)
        self.address = int(self._words.ctypes.data)


def contiguous(value: Any) -> Any:
    """Return the same with all arrays contiguous."""
    if isinstance(value, tuple):
        return tuple(map(contiguous, value))
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) and value.ndim else value


def _words(value: Any) -> Iterator[int]:
    if isinstance(value, tuple):
        for part in value:
            yield from _words(part)
    elif isinstance(value, np.ndarray):
        yield value.__array_interface__["data"][0]
        yield from value.shape
    elif isinstance(value, Generator):
        interface = value.bit_generator.ctypes
        yield interface.state_address
        for function in interface.next_uint64, interface.next_uint32, interface.next_double:
            yield ctypes.cast(function, ctypes.c_void_p).value or 0
    elif isinstance(value, bool | int) and -2 ** 63 <= value < 2 ** 63:
        yield value & 0xffff_ffff_ffff_ffff
    elif isinstance(value, float | np.bool_ | np.number) and np.dtype(type(value)).itemsize <= 8:
        yield int.from_bytes(np.asarray(value).astype(
            np.dtype(type(value)).newbyteorder("<")).tobytes(), "little")
    else:
        raise TypeError(f"{value!r} is too large a number for the data of a kernel.")


def entry_for(numba: Any, loop: Any, arguments: tuple[Any, ...]) -> Any:
    """Return a function of an address that calls a compiled loop with the table there.

    Args:
        numba: the module
        loop: the compiled loop
        arguments: such as it will get
    """
    from numba.types import Tuple, uint64

    load = _loader(Tuple([numba.typeof(value) for value in arguments]))

    def entry(address: Any) -> None:
        loop(*load(address))

    result = numba.njit(**OPTIONS)(entry)
    result.compile((uint64,))
    return result


def _loader(kinds: Any) -> Any:
    """Return a function for compiled code that makes a tuple of these types from a table."""
    from llvmlite import ir
    from numba.core import cgutils
    from numba.extending import intrinsic
    from numba.np import arrayobj

    types: Any = importlib.import_module("numba.core.types")  # makes its names when it runs
    word = ir.IntType(64)

    def load_all(context: Any, builder: Any, address: Any) -> Any:
        table = builder.inttoptr(address, word.as_pointer())
        places = iter(range(2 ** 30))

        def read() -> Any:
            return builder.load(builder.gep(table, [ir.Constant(word, next(places))]))

        def make(kind: Any) -> Any:
            if isinstance(kind, types.BaseTuple):
                return context.make_tuple(builder, kind, [make(part) for part in kind])
            if isinstance(kind, types.Array):
                return make_array(kind)
            if isinstance(kind, types.NumPyRandomGeneratorType):
                return make_generator(kind)
            form = context.get_value_type(kind)
            bits = context.get_abi_sizeof(form) * 8 if form != ir.IntType(1) else 1
            value = read() if bits == 64 else builder.trunc(read(), ir.IntType(bits))
            return value if isinstance(form, ir.IntType) else builder.bitcast(value, form)

        def make_array(kind: Any) -> Any:
            form = context.get_data_type(kind.dtype)
            size = ir.Constant(word, context.get_abi_sizeof(form))
            data, shape, strides = read(), [read() for _ in range(kind.ndim)], [size]
            for length in reversed(shape[1:]):
                strides.insert(0, builder.mul(strides[0], length))
            array = arrayobj.make_array(kind)(context, builder)
            arrayobj.populate_array(
                array, data=builder.inttoptr(data, form.as_pointer()), shape=shape,
                strides=strides[:kind.ndim], itemsize=size, meminfo=None)
            return array._getvalue()

        def make_generator(kind: Any) -> Any:
            bits = cgutils.create_struct_proxy(types.NumPyRandomBitGeneratorType("bit_generator"))(
                context, builder)
            bits.state = read()
            bits.fnptr_next_uint64, bits.fnptr_next_uint32 = read(), read()
            bits.fnptr_next_double = read()
            generator = cgutils.create_struct_proxy(kind)(context, builder)
            generator.bit_generator = bits._getvalue()
            return generator._getvalue()

        return make(kinds)

    @intrinsic  # type: ignore[untyped-decorator]
    def load(typing_context: Any, address: Any) -> Any:
        return kinds(types.uint64), lambda context, builder, _, args: load_all(
            context, builder, args[0])

    return load


def code_of(entry: Any) -> Code:
    """Return the machine code of a compiled entry.

    Raises:
        AttributeError: if numba does not keep it where it was
    """
    compiled = entry.overloads[entry.signatures[0]]
    module = compiled.library._final_module
    # what LLVM itself provides comes from the system's library of mathematics, with exceptions
    foreign = any(
        function.is_declaration and not function.name.startswith(("llvm.", _NEVER_CALLED))
        for function in module.functions) or any(
        variable.is_declaration for variable in module.global_variables) or (
        re.search(r"llvm\.powi|[ (](half|fp128|i128)[ *,]", str(module)) is not None)
    return Code(compiled.fndesc.llvm_func_name, foreign,
                compiled.library.codegen._tm.emit_object(module))


def through_numba(numba: Any, entry: Any) -> Callable[[int], None]:
    """Return a function that calls an entry as numba does it."""
    dispatcher = numba.njit(entry.py_func)
    return lambda table: dispatcher(np.uint64(table))


def load(code: Code) -> Callable[[int], None]:
    """Return a function that calls machine code with the address of a table.

    It raises what the code raises, if that is an exception of Python's own.
    """
    if code.needs_numba:
        from numba.core.registry import cpu_target
        from numba.core.runtime import rtsys

        rtsys.initialize(cpu_target.target_context)  # makes the functions known that it calls
    with _LOCK:
        engine = _new_engine(code.text)
        address = engine.get_function_address(code.symbol)
    if not address:
        raise ValueError(f"There is no function {code.symbol} in the machine code.")
    function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_void_p, ctypes.c_void_p,
                                ctypes.c_uint64)(address)

    def call(table: int) -> None:
        result, error = ctypes.c_void_p(), ctypes.c_void_p()
        status = function(ctypes.addressof(result), ctypes.addressof(error), table)
        if status:
            raise _exception(error.value)

    call.engine = engine  # type: ignore[attr-defined] # the code lives as long as its engine
    return call


def _new_engine(text: bytes) -> Any:
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    if binding.address_of_symbol(_NEVER_CALLED) is None:
        abort = ctypes.cast(ctypes.CDLL(None).abort, ctypes.c_void_p).value
        binding.add_symbol(_NEVER_CALLED, abort)
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), machine)
    engine.add_object_file(binding.ObjectFileRef.from_data(text))
    engine.finalize_object()
    return engine


def _exception(info: int | None) -> Exception:
    """Return the exception that machine code describes by a pickle, which is read but not run."""
    name = "RuntimeError"
    texts: list[str] = []
    if info:
        data = ctypes.cast(info, ctypes.POINTER(ctypes.c_void_p))[0]
        size = ctypes.cast(info + 8, ctypes.POINTER(ctypes.c_int32))[0]
        if data and size > 0:
            words = [argument for _, argument, _ in pickletools.genops(
                ctypes.string_at(data, size)) if isinstance(argument, str)]
            name, texts = (words[1], words[2:3]) if words[:1] == ["builtins"] else (name, words)
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        return kind(*texts)
    return RuntimeError("a kernel has failed")
